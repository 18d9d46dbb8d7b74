//! The filter: what goes in first comes out first, under the name that it was given.

use serde_json::{Value, json};

use crate::desk::Desk;

#[test]
fn a_pipe_keeps_order_and_gives_ids_back_as_they_came() {
    let desk = Desk::new();
    let ids: Vec<Value> = (0..300).map(|number| if number % 2 == 0 { json!(number) } else { json!(format!("report-{number}")) }).collect();
    let mut input = String::new();
    for (number, id) in ids.iter().enumerate() {
        // Long and short ones by turns, so that some are done before those that came first.
        let text = "The ferry was late again on Monday, the harbour office said. ".repeat(if number % 7 == 0 { 200 } else { 1 });
        input.push_str(&json!({ "id": id, "text": text }).to_string());
        input.push('\n');
    }
    for format in ["jsonl", "auto"] {
        let records = desk.run_with(&["pipe", "--format", format], input.as_bytes()).ended_with(0).records();
        let given: Vec<Value> = records.iter().map(|record| record["source"]["id"].clone()).collect();
        assert_eq!(given, ids, "{format}");
    }
}

#[test]
fn a_broken_value_costs_itself_alone() {
    let desk = Desk::new();
    let whole = |id: u32| format!("{{\n  \"id\": {id},\n  \"text\": \"The ferry left at noon.\"\n}}\n");
    let input = whole(1) + "{\n  \"id\": 2,\n  \"text\": \"The ferry\n}\n" + &whole(3);
    let said = desk.run_with(&["pipe"], input.as_bytes()).ended_with(1);
    let given: Vec<Value> = said.records().iter().map(|record| record["source"]["id"].clone()).collect();
    assert_eq!(given, [1, 3]);
}

#[test]
fn no_more_articles_are_taken_than_one_input_may_have() {
    let desk = Desk::new();
    let input: String = (0..20).map(|id| format!("{}\n", json!({ "id": id, "text": "The ferry left at noon." }))).collect();
    for format in ["jsonl", "auto"] {
        let said = desk.run_with(&["pipe", "--format", format, "--set", "limits.entries=5"], input.as_bytes()).ended_with(1);
        assert_eq!(said.records().len(), 5);
        assert!(said.stderr.contains("limit.entries"), "{}", said.stderr);
    }
}
