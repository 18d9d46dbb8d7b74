//! The page in a real browser: Chromium by its driver, over plain HTTP. Skipped, and said so, where there is none.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::desk::{Desk, wait_for};
use crate::served::Served;

/// Emoji of one and of several code points, letters with marks that have no letter of their own, two scripts.
const FETE: &str = "👩‍👩‍👧 Fête at the 🎡 harbour\n\n🎉🎉 The q̇ fête drew 4,000 people to the harbour on Monday, the office said 👍🏽. It rained in the evening, and the music went on in the old fish hall.\n\n\"We 🎈 have held it for six years,\" said Ada Moe, who heads the office. \"Nobody paid 💶 for it.\"\n\nThe mayor, Bo Roe, called it \"a day for everyone 🎊 in town\" in a letter on Tuesday.\n";

/// What a stranger would put into an article to have it run, or to turn the page around.
fn hostile() -> Value {
    json!({
        "id": "<img src=x onerror=window.pwned=1>",
        "title": "</title><script>window.pwned=1</script>\u{202E}detrevni <b>bold</b>",
        "url": "javascript:window.pwned=1",
        "site": "\"><svg onload=window.pwned=1>",
        "authors": ["<a href='https://example.com/'>x</a>"],
        "tags": ["{{constructor.constructor('window.pwned=1')()}}"],
        "image": "https://example.com/picture.png",
        "text": "The <script>window.pwned=1</script> office said \u{202E}on Monday that <img src='https://example.com/x.png' onerror='window.pwned=1'> fares will rise.\n\n\"We <b>held</b> them for six years,\" said <i>Mallory Vane</i>, who heads the office. </p></article></body>",
    })
}

/// A driver that is killed with the test, and its one browser with it.
struct Browser {
    driver: Child,
    port: u16,
    session: String,
    _profile: tempfile::TempDir,
}

impl Browser {
    fn start() -> Option<Self> {
        let mut driver = Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
        let mut said = BufReader::new(driver.stdout.take().unwrap()).lines().map_while(Result::ok);
        // It says `on port 0` when it starts, and the real one when it listens.
        let port = said.find_map(|line| line.split("on port ").nth(1)?.trim_end_matches('.').parse().ok().filter(|port| *port > 0));
        let port = port.expect("the driver says where it listens");
        // It must not be stopped by a full pipe.
        std::thread::spawn(move || said.for_each(drop));
        let profile = tempfile::tempdir().unwrap();
        let mut browser = Self { driver, port, session: String::new(), _profile: profile };
        let profile = format!("--user-data-dir={}", browser._profile.path().display());
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--window-size=1280,900",
            &profile,
        ];
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "unhandledPromptBehavior": "ignore",
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "goog:chromeOptions": {"args": arguments},
        }}});
        let session = browser.send("POST", "/session", Some(&wanted));
        browser.session = session["sessionId"].as_str().unwrap_or_else(|| panic!("no browser: {session}")).to_owned();
        Some(browser)
    }

    fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let body = body.map_or_else(String::new, Value::to_string);
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(120))).unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body.as_bytes()).unwrap();
        // The driver keeps its connections open, whatever it is asked for.
        let mut reply = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            reply.read_line(&mut line).unwrap();
            if line.trim().is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        reply.read_exact(&mut body).unwrap();
        serde_json::from_slice::<Value>(&body).unwrap()["value"].take()
    }

    fn command(&self, path: &str, body: &Value) -> Value {
        self.send("POST", &format!("/session/{}{path}", self.session), Some(body))
    }

    fn open(&self, address: &str) {
        let opened = self.command("/url", &json!({"url": address}));
        assert!(opened.is_null(), "{opened}");
    }

    #[track_caller]
    fn run(&self, script: &str) -> Value {
        let value = self.command("/execute/sync", &json!({"script": script, "args": []}));
        assert!(value.get("stacktrace").is_none(), "{script}: {value}");
        value
    }

    /// Waits until a script's value is true.
    #[track_caller]
    fn wait(&self, what: &str, script: &str) {
        wait_for(what, || (self.run(script) == true).then_some(()));
    }

    fn log(&self, kind: &str) -> Vec<Value> {
        self.command("/se/log", &json!({"type": kind})).as_array().cloned().unwrap_or_default()
    }

    /// Every address that was asked for.
    fn asked_for(&self) -> Vec<String> {
        let messages =
            self.log("performance").into_iter().filter_map(|entry| serde_json::from_str::<Value>(entry["message"].as_str()?).ok());
        let requests = messages.filter(|message| message["message"]["method"] == "Network.requestWillBeSent");
        requests.filter_map(|message| Some(message["message"]["params"]["request"]["url"].as_str()?.to_owned())).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            self.send("DELETE", &format!("/session/{}", self.session), None);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// What the script shows of the open article: its paragraphs, its gist, and each quote's marked text.
const OPEN_ARTICLE: &str = r"
    const texts = (selector) => [...document.querySelectorAll('#text ' + selector)].map((element) => element.textContent);
    const quotes = {};
    for (const mark of document.querySelectorAll('#text [data-quote]')) quotes[mark.dataset.quote] = (quotes[mark.dataset.quote] || '') + mark.textContent;
    return {
        title: document.getElementById('title').textContent,
        text: [...document.querySelectorAll('#text > p')].map((paragraph) => paragraph.textContent).join('\n\n'),
        gist: texts('.gist').join(''),
        quotes: Object.values(quotes),
        voices: [...document.querySelectorAll('#voices b')].map((name) => name.firstChild.textContent),
        whos: [...document.querySelectorAll('#text [data-who]')].map((mark) => mark.dataset.who),
        facts: document.getElementById('facts').textContent,
        elements: [...new Set([...document.querySelectorAll('#text *, #title *, #byline *')].map((element) => element.localName))].sort(),
    };";

#[track_caller]
fn ensure_shown(shown: &Value, record: &Value) {
    assert_eq!((&shown["title"], &shown["text"]), (&record["title"], &record["text"]));
    let parts = |items: &Value, of: fn(&Value) -> String| -> Vec<String> { items.as_array().unwrap().iter().map(of).collect() };
    let text = |item: &Value| item["text"].as_str().unwrap().to_owned();
    assert_eq!(shown["gist"], parts(&record["summary"], text).concat());
    let said = |quote: &Value| match quote["parts"].as_array() {
        Some(parts) => parts.iter().map(|part| part["text"].as_str().unwrap()).collect(),
        None => quote["text"].as_str().unwrap().to_owned(),
    };
    assert_eq!(shown["quotes"], json!(parts(&record["quotes"], said)));
    let voices = |quote: &Value| quote["speaker"]["name"].as_str().unwrap_or("Nobody named").to_owned();
    assert_eq!(shown["voices"], json!(parts(&record["quotes"], voices)));
}

#[test]
fn the_page_shows_what_there_is_and_nothing_else_happens() {
    let Some(browser) = Browser::start() else {
        eprintln!("not checked: there is no chromedriver here (Debian's package `chromium-driver` has it)");
        return;
    };
    let desk = Desk::new();
    desk.put("wire/fete.txt", FETE);
    desk.put("wire/broken.jsonl", format!("{}\n{{\"text\n", hostile()));
    let served = Served::start(&desk, &["wire"]);
    served.wait_for_records(2.0);
    let address = format!("http://127.0.0.1:{}/", served.port);
    browser.open(&address);
    browser.wait("two records", "return document.querySelectorAll('#cards li').length === 2");
    assert_eq!(browser.run("return document.querySelector('#sum .ok').textContent"), "✓ balances");
    assert_eq!(browser.run("return document.querySelectorAll('#rejections details').length"), 1);
    browser.wait("readiness", "return document.getElementById('health').textContent === 'ready'");

    // Arrives live.
    desk.put("wire/bridge.txt", "Bridge opened\n\nThe mayor opened the bridge on Tuesday.\n");
    browser.wait("the new record", "return document.querySelector('#cards li strong').textContent === 'Bridge opened'");
    browser.wait("the balance", "return document.getElementById('sum').textContent.includes('4inputs')");

    // Opens with everything marked where it stands.
    let records = desk.records("out");
    let record_of = |path: &str| records.iter().find(|record| record["source"]["path"] == path).unwrap();
    let fete = record_of("wire/fete.txt");
    assert!(fete["quotes"].as_array().unwrap().len() >= 2 && !fete["summary"].as_array().unwrap().is_empty(), "{fete}");
    browser.run("[...document.querySelectorAll('#cards a')].find((card) => card.textContent.includes('🎡')).click()");
    browser.wait("the article", "return document.getElementById('reader').open");
    let shown = browser.run(OPEN_ARTICLE);
    ensure_shown(&shown, fete);
    assert!(shown["whos"].as_array().unwrap().contains(&json!("Ada Moe")), "{shown}");
    // Its speaker is found by the button, and the keyboard brings the reader back to where he was.
    browser.run("document.querySelector('#voices button').click()");
    assert_eq!(browser.run("return document.querySelector('#text .target').dataset.quote"), "0");
    browser.run("document.getElementById('close').click()");
    browser.wait("the list", "return !document.getElementById('reader').open && document.activeElement.textContent.includes('🎡')");

    // Stays text.
    let strange = record_of("wire/broken.jsonl");
    browser.run("[...document.querySelectorAll('#cards a')].find((card) => card.textContent.includes('</title>')).click()");
    browser.wait("the article", "return document.getElementById('reader').open");
    let shown = browser.run(OPEN_ARTICLE);
    ensure_shown(&shown, strange);
    assert!(shown["facts"].as_str().unwrap().contains("javascript:window.pwned=1"), "{shown}");
    for element in shown["elements"].as_array().unwrap() {
        assert!(["bdi", "mark", "p", "span"].contains(&element.as_str().unwrap()), "{element} in the article: {shown}");
    }
    assert_eq!(
        browser.run("return [document.scripts.length, document.images.length, document.querySelectorAll('#facts a').length]"),
        json!([1, 0, 0])
    );
    assert_eq!(browser.run("return typeof window.pwned"), "undefined");
    browser.run("document.getElementById('close').click()");

    // Is searched.
    let search = |speaker: &str, word: &str| {
        browser.run(&format!(
            "document.getElementById('speaker').value = {}; document.getElementById('word').value = {}; document.getElementById('search').requestSubmit()",
            json!(speaker),
            json!(word)
        ));
        browser.wait("the search", "return document.getElementById('found').textContent.includes('found')");
        browser.run("return [...document.querySelectorAll('#cards strong')].map((title) => title.textContent)")
    };
    assert_eq!(search("moe", ""), json!([fete["title"]]));
    assert_eq!(search("", "bridge"), json!(["Bridge opened"]));
    assert_eq!(search("moe", "bridge"), json!([]));
    browser.run("document.getElementById('live').click()");
    browser.wait("the latest again", "return document.querySelectorAll('#cards li').length === 3");

    // Nobody else was asked, and nothing went wrong.
    let asked_for = browser.asked_for();
    assert!(asked_for.iter().any(|url| url.ends_with("/events")), "{asked_for:?}");
    for url in &asked_for {
        // The browser's own empty page is part of the browser.
        assert!([address.as_str(), "data:", "chrome:"].iter().any(|ours| url.starts_with(*ours)), "{url}");
    }
    let log = browser.log("browser");
    assert!(log.is_empty(), "{log:?}");
}

#[test]
fn the_page_asks_for_its_token_and_shows_nothing_without() {
    let Some(browser) = Browser::start() else {
        eprintln!("not checked: there is no chromedriver here (Debian's package `chromium-driver` has it)");
        return;
    };
    let desk = Desk::new();
    desk.put("wire/fete.txt", FETE);
    let served = Served::start(&desk, &["wire", "--set", "http.token=open sesame"]);
    browser.open(&format!("http://127.0.0.1:{}/", served.port));
    browser.wait("the question", "return !document.getElementById('token').hidden && document.getElementById('desk').hidden");
    let give = |token: &str| {
        browser.run(&format!(
            "document.getElementById('token-field').value = {}; document.getElementById('token').requestSubmit()",
            json!(token)
        ))
    };
    give("sesame");
    browser.wait("the refusal", "return document.getElementById('token-wrong').textContent !== ''");
    give("open sesame");
    browser.wait("the record", "return document.querySelectorAll('#cards li').length === 1");
    let asked_for = browser.asked_for();
    assert!(asked_for.iter().all(|url| !url.contains("sesame")), "{asked_for:?}");
}
