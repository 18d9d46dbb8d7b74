//! The report: one page over an output folder that needs nothing else.

use std::fs;

use crate::desk::Desk;

fn put_articles(desk: &Desk) {
    let lines = [
        serde_json::json!({"id": 1, "title": "Ferry fares to rise", "site": "Harbour News", "published": "2026-03-01T08:00:00Z", "language": "en",
            "text": "The ferry fares will rise in April, the harbour office said on Sunday.\n\n\"We held them for six years,\" said Ada Moe, who heads the office. \"It could not last.\""}),
        serde_json::json!({"id": 2, "title": "Ferry fares <b>&</b> \"parking\"", "url": "https://www.desk.example/2", "published": "2026-03-03", "language": "en",
            "text": "Parking at the harbour will cost more as well, the council decided on Tuesday.\n\n\"Nobody <script>alert(1)</script> asked us,\" said Ada Moe, who heads the harbour office.\n\n\"It is \u{202E}the only way,\" said Bo Roe, the mayor."}),
        serde_json::json!({"id": 3, "site": "Diário", "published": "1815-06-18", "language": "pt",
            "text": "A linha de elétrico reabre em maio, anunciou a câmara na segunda-feira. As obras duraram dois anos.\n\n\"Foi um longo caminho\", disse Rita Valadares, presidente da câmara."}),
    ];
    let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
    desk.put("wire/a.jsonl", lines + "{\"text\n");
    desk.put("wire/<i>empty.html", "<html><body></body></html>");
}

/// The page without what differs from run to run.
fn report(desk: &Desk) -> String {
    let page = desk.run(&["report", "-o", "-"]).ended_with(0).stdout;
    let (before, rest) = page.split_once("Made ").unwrap();
    let (_, after) = rest.split_once(" by copydesk ").unwrap();
    let place = desk.path("out").display().to_string();
    let after = after.replacen(env!("CARGO_PKG_VERSION"), "VERSION", 1);
    format!("{before}Made NOW by copydesk {after}").replace(&place, "/OUT").replace(&place.replace('/', "&#x2F;"), "/OUT")
}

#[test]
fn a_report_says_who_was_quoted_where_and_what_was_rejected() {
    let desk = Desk::new();
    put_articles(&desk);
    desk.run(&["batch", "wire"]).ended_with(1);
    let page = report(&desk);
    let body = page.split_once("</style>").unwrap().1;
    insta::assert_snapshot!("report", body);
    for outside in ["<script", "http://", "src=", "href=", "url(", "@import", "<b>&", "<i>"] {
        assert!(!page.contains(outside), "{outside} is in {page}");
    }
}

#[test]
fn a_report_reads_sealed_and_active_files_and_counts_an_article_once() {
    let desk = Desk::new();
    put_articles(&desk);
    desk.run(&["batch", "wire"]).ended_with(1);
    let plain = report(&desk);
    let seal = ["--set", "output.rotate_size=1"];
    let sealed = Desk::new();
    put_articles(&sealed);
    sealed.run(&[&["batch", "wire"][..], &seal].concat()).ended_with(1);
    assert_eq!(report(&sealed), plain);
    // A new version takes the place of the old one.
    sealed.put("wire/b.txt", "The first version.\n");
    sealed.run(&["batch", "wire"]).ended_with(0);
    sealed.put("wire/b.txt", "The second version has more words.\n");
    sealed.run(&["batch", "wire"]).ended_with(0);
    let page = report(&sealed);
    assert!(page.contains("<b>4</b> articles") && page.contains("1 earlier versions"), "{page}");
    // What was moved away is not missed, but told of.
    fs::remove_file(sealed.path("out/articles-000001.jsonl")).unwrap();
    let page = report(&sealed);
    assert!(page.contains("<b>1</b> articles") && page.contains("3 records are in files that were moved away"), "{page}");
}

#[test]
fn a_report_is_written_where_it_is_asked_for() {
    let desk = Desk::new();
    put_articles(&desk);
    let said = desk.run(&["report"]).ended_with(2);
    assert!(said.stderr.contains("nothing has been written there yet"), "{}", said.stderr);
    desk.run(&["batch", "wire", "--out", "desk"]).ended_with(1);
    let said = desk.run(&["report", "--out", "desk"]).ended_with(0);
    assert_eq!((said.stdout.as_str(), said.stderr.as_str()), ("", "copydesk: 3 articles, 5 quotes, 3 speakers -> copydesk-report.html\n"));
    assert!(fs::read_to_string(desk.path("copydesk-report.html")).unwrap().ends_with("</html>\n"));
    let said = desk.run(&["report", "--out", "desk", "-o", "page.html", "-q"]).ended_with(0);
    assert_eq!((said.stdout.as_str(), said.stderr.as_str()), ("", ""));
    assert!(desk.path("page.html").is_file());
    let said = desk.run(&["report", "-o", "desk"]).ended_with(2);
    assert!(said.stderr.contains("is a folder"), "{}", said.stderr);
    // A folder whose every article was rejected has a report, too.
    desk.put("bad/a.html", "<html><body></body></html>");
    desk.run(&["batch", "bad", "--out", "none"]).ended_with(1);
    let said = desk.run(&["report", "--out", "none", "-o", "-"]).ended_with(0);
    assert!(said.stdout.contains("no records here yet") && said.stdout.contains("parse.empty"), "{}", said.stdout);
}
