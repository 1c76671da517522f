//! What a mail is.

use crate::reports::Mail;
use model::Timestamp;

fn mail() -> Mail {
    Mail {
        id: "r1-0".into(),
        to: "boss@example.com".into(),
        subject: "Umsätze: 1 € und mehr".into(),
        text: "In words.\n".into(),
        html: Some("<p>On a page.</p>".into()),
        attachment: None,
        at: Timestamp::from_millis(1_795_239_000_000),
    }
}

#[test]
fn a_mail_has_its_page_its_text_and_the_deliverys_id() {
    let message = String::from_utf8(mail().message("reports@weir.example").unwrap()).unwrap();
    for part in [
        "Message-ID: <r1-0@weir.example>\r\n",
        "X-Weir-Delivery: r1-0\r\n",
        "To: <boss@example.com>\r\n",
        "Date: Sat, 21 Nov 2026 05:30:00 +0000\r\n",
        "multipart/alternative",
        "text/plain",
        "text/html",
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
    assert!(!message.contains("Umsätze"), "headers are ASCII: {message}");
}

#[test]
fn a_subject_adds_no_header() {
    let mail = Mail { subject: "Report\r\nBcc: everybody@example.com".into(), ..mail() };
    let message = String::from_utf8(mail.message("reports@weir.example").unwrap()).unwrap();
    assert!(!message.contains("\nBcc:"), "{message}");
}

#[test]
fn a_file_is_attached_under_its_name() {
    let mail = Mail { html: None, attachment: Some(("r1.csv".into(), "text/csv; charset=utf-8", b"a,b\r\n".to_vec())), ..mail() };
    let message = String::from_utf8(mail.message("reports@weir.example").unwrap()).unwrap();
    assert!(message.contains("attachment; filename=\"r1.csv\""), "{message}");
}
