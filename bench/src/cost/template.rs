//! What `template.yaml` says of what costs something: memory, windows, alarms, schedules.

const TEMPLATE: &str = include_str!("../../../template.yaml");

/// A number that a resource's property has, or the default of the parameter that it refers to.
pub fn number(resource: &str, property: &str) -> anyhow::Result<f64> {
    let own = block(resource).and_then(|block| value(block, property));
    let text = own.or_else(|| value(block("Globals")?, property));
    let text = text.ok_or_else(|| anyhow::anyhow!("template.yaml says no {property} of {resource}"))?;
    let text = match text.strip_prefix("!Ref ") {
        Some(parameter) => block(parameter).and_then(|block| value(block, "Default")).unwrap_or_default(),
        None => text,
    };
    Ok(text.parse()?)
}

/// How many resources there are of a type.
pub fn count(kind: &str) -> usize {
    TEMPLATE.lines().filter(|line| line.trim() == format!("Type: {kind}")).count()
}

/// The lines under a name, up to the next that is no deeper.
fn block(name: &str) -> Option<&'static str> {
    let heading = |line: &str| line.trim_start().strip_suffix(':').is_some_and(|own| own == name);
    let start = TEMPLATE.lines().find(|line| heading(line))?;
    let from = start.as_ptr() as usize - TEMPLATE.as_ptr() as usize + start.len();
    let depth = indent(start);
    let rest = TEMPLATE.get(from..)?;
    let end = rest.lines().skip(1).find(|line| !line.trim().is_empty() && indent(line) <= depth);
    rest.get(..end.map_or(rest.len(), |line| line.as_ptr() as usize - rest.as_ptr() as usize))
}

fn value(block: &'static str, property: &str) -> Option<&'static str> {
    let of_line = |line: &'static str| line.trim().strip_prefix(property)?.strip_prefix(": ");
    let text = block.lines().find_map(of_line)?;
    Some(text.split(" #").next().unwrap_or(text).trim())
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}
