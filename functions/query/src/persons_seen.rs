//! What an answer shows of persons, by the role of who asks. The one place that decides:
//!
//! | role | sees |
//! | --- | --- |
//! | admin | every user of its tenant, by the id under which it is kept, and all else that is kept of it |
//! | service | every user of its tenant, by that id alone |
//! | user | itself |
//! | project (a key) | nobody: it writes |
//!
//! An id under which a user is kept is the client's own, or a pseudonym: nobody sees more than that. No cube counts by anything else that
//! is a person's, so that ids are all that rankings and groups can show.

use access::{AccessError, Caller};
use cube::catalogue::Dimension;
use cube::query::MetricQuery;
use std::borrow::Cow;
use web::Problem;

/// A caller's questions, as they may be answered to it: the users that they name are looked for where they are kept, and a user's question
/// is one about that user alone. An endpoint that has forgotten to narrow one is refused, not answered.
pub(crate) fn questions_of(caller: &Caller, questions: &[MetricQuery]) -> Result<Vec<MetricQuery>, Problem> {
    let mut questions = questions.to_vec();
    for question in &mut questions {
        let named = question.filters.get_mut(Dimension::User.name());
        let own = caller.user.as_ref().map(model::UserId::as_str);
        match named {
            Some(users) => {
                for user in users.iter_mut() {
                    if let Cow::Owned(kept) = caller.pseudonyms.user_text(user) {
                        *user = kept;
                    }
                }
                if !caller.acts_for_tenant() && !users.iter().all(|user| Some(user.as_str()) == own) {
                    return Err(refused());
                }
            }
            None if caller.acts_for_tenant() => {}
            None => return Err(refused()),
        }
    }
    Ok(questions)
}

fn refused() -> Problem {
    AccessError::Forbidden("a user may read its own numbers only").into()
}
