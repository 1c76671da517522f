//! What the name of a member says of its value, whatever the value is.

/// What a member holds, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Nothing special: its text is searched.
    Text,
    /// The id of a user.
    User,
    /// The id of something.
    Id,
    /// A version, which may look like an address of the network.
    Version,
    /// What was said to a model, or by it: left for a form to measure, and never kept.
    Content,
    /// Something personal or secret, whatever it looks like; what takes its place.
    Personal(&'static str),
}

/// Names in lower case without what parts their words, and what takes the place of their values.
const PERSONAL: &[(&str, &[&str])] = &[
    ("[email]", &["email", "emails", "emailaddress", "mail", "mailto"]),
    ("[phone]", &["phone", "phones", "phonenumber", "telephone", "mobile", "mobilenumber", "msisdn", "fax", "whatsapp"]),
    ("[card]", &["cardnumber", "creditcard", "creditcardnumber", "debitcard", "cvv", "cvc", "cvv2", "iban"]),
    (
        "[secret]",
        &[
            "password",
            "passwd",
            "pwd",
            "passphrase",
            "passcode",
            "pin",
            "otp",
            "secret",
            "secrets",
            "clientsecret",
            "secretkey",
            "privatekey",
            "apikey",
            "xapikey",
            "accesskey",
            "accesskeyid",
            "secretaccesskey",
            "token",
            "accesstoken",
            "refreshtoken",
            "idtoken",
            "authtoken",
            "sessiontoken",
            "csrftoken",
            "devicetoken",
            "pushtoken",
            "jwt",
            "bearer",
            "auth",
            "authorization",
            "proxyauthorization",
            "credential",
            "credentials",
            "cookie",
            "cookies",
            "setcookie",
            "signature",
        ],
    ),
    (
        "[id number]",
        &["ssn", "socialsecuritynumber", "taxid", "nationalid", "passport", "passportnumber", "driverslicense", "driverlicense"],
    ),
    ("[name]", &["firstname", "lastname", "middlename", "fullname", "surname", "familyname", "givenname", "maidenname", "nickname"]),
    ("[birthday]", &["dateofbirth", "birthdate", "birthday", "dob"]),
    (
        "[address]",
        &[
            "streetaddress",
            "postaladdress",
            "homeaddress",
            "billingaddress",
            "shippingaddress",
            "mailingaddress",
            "street",
            "postcode",
            "zipcode",
        ],
    ),
];

/// Ends of names that say the same of whatever stands before them: `db_password`, `contactEmail`.
const PERSONAL_ENDS: &[(&str, &[&str])] = &[
    ("[email]", &["email", "emailaddress"]),
    ("[phone]", &["phonenumber"]),
    ("[secret]", &["password", "passphrase", "secret", "apikey", "secretkey", "privatekey", "accesstoken", "refreshtoken", "authtoken"]),
];

const CONTENT: &[&str] = &[
    "prompt",
    "prompts",
    "systemprompt",
    "userprompt",
    "prompttext",
    "response",
    "responses",
    "responsetext",
    "completion",
    "completions",
    "completiontext",
    "generatedtext",
    "messages",
    "transcript",
];

const USERS: &[&str] = &["userid", "user", "uid", "customerid", "customer", "memberid", "actorid", "ownerid"];

const IDS: &[&str] = &["id", "sessionid", "session", "transaction", "eventref", "subscription"];

/// Words in the names of versions.
const VERSIONS: &[&str] = &["version", "build", "release", "agent", "firmware", "sdk"];

/// What a name says.
pub fn meaning(name: &str) -> Meaning {
    let flat = flat(name);
    let flat = flat.as_str();
    let among = |table: &[(&'static str, &[&str])], holds: &dyn Fn(&str) -> bool| {
        table.iter().find(|(_, names)| names.iter().any(|name| holds(name))).map(|(marker, _)| *marker)
    };
    if CONTENT.contains(&flat) {
        return Meaning::Content;
    }
    if let Some(marker) = among(PERSONAL, &|known| known == flat).or_else(|| among(PERSONAL_ENDS, &|end| flat.ends_with(end))) {
        return Meaning::Personal(marker);
    }
    if USERS.contains(&flat) {
        return Meaning::User;
    }
    if IDS.contains(&flat) || ["Id", "ID", "_id", "-id", ".id"].iter().any(|end| name.ends_with(end)) {
        return Meaning::Id;
    }
    if VERSIONS.iter().any(|word| flat.contains(word)) { Meaning::Version } else { Meaning::Text }
}

/// Whether a name is of what was said to a model, or by it.
#[must_use]
pub fn is_content(name: &str) -> bool {
    CONTENT.contains(&flat(name).as_str())
}

/// `User-Email`, `user_email` and `userEmail` are one name.
fn flat(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-' | ' ' | '.' | '$')).map(|c| c.to_ascii_lowercase()).collect()
}
