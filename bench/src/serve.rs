//! The server on a million statements: cold start, answers over HTTP, memory.

use crate::table::Table;
use anyhow::{Context as _, Result, bail};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use ureq::Agent;

/// Name, times asked, aim in milliseconds, and the nth address.
type Asked<'a> = (&'a str, usize, f64, &'a dyn Fn(usize) -> String);

const ADDRESS: &str = "127.0.0.1:8799";

/// Starts the binary on the data and asks it what people ask.
pub(crate) fn measure(
    binary: &Path,
    data: &Path,
    store: Option<&str>,
    engine: &str,
    table: &mut Table,
) -> Result<()> {
    let start = Instant::now();
    let mut server = Server::start(binary, data, store)?;
    let agent = Agent::config_builder().http_status_as_error(false).build().new_agent();
    server.wait(&agent, "/health/live")?;
    let live = start.elapsed();
    server.wait(&agent, "/api/v1/entities/E1")?;
    let first = start.elapsed();
    table.add(
        "cold start to the first page of an entity (aim 1 s)",
        engine,
        format!("{:.2} s", first.as_secs_f64()),
        format!("port open after {:.2} s", live.as_secs_f64()),
    );
    // The index opens in the background; searching begins when it answers.
    server.wait(&agent, "/api/v1/search?q=%E5%BE%90%E6%B1%87")?;
    let floor = latencies(&agent, 500, |_| "/health/live".to_string())?;
    let questions: &[Asked<'_>] = &[
        ("entity page", 2_000, 5.0, &|i| format!("/api/v1/entities/E{}", 1 + i * 7919 % 100_000)),
        ("search", 1_000, 20.0, &search),
        ("graph, two hops", 500, 50.0, &|i| {
            format!("/api/v1/graph?focus=E{}&hops=2", 1 + i * 7919 % 100_000)
        }),
        ("cube, any two axes", 100, 300.0, &cube),
    ];
    for (name, count, aim_ms, path) in questions {
        let mut times = latencies(&agent, *count, path)?;
        times.sort_unstable();
        let at =
            |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
        table.add(
            &format!("{name}, p99 (aim {aim_ms} ms)"),
            engine,
            format!("{:.2} ms", at(0.99)),
            format!("p50 {:.2} ms; bare HTTP p50 {:.2} ms", at(0.5), median_ms(&floor)),
        );
    }
    let (now, most) = server.memory()?;
    table.add(
        "resident memory (aim 400 MB)",
        engine,
        format!("{now} MB"),
        format!("{most} MB at most"),
    );
    server.stop();
    Ok(())
}

fn search(i: usize) -> String {
    let words = [
        "徐汇",
        "漕河泾",
        "shanghai jiao tong",
        "sjtu",
        "caohejing",
        "人工智能",
        "上海人工智能實驗室",
        "diffusion",
        "shanghia",
        "上海交通大學",
        "fudan",
        "条例",
        "生物科技",
        "机器人学习",
        "中科院上海有机所",
        "上师大",
        "chj",
        "徐汇 机器人",
        "漕河泾 生物",
        "上海医药 条例",
    ];
    let word = words[i % words.len()];
    let encoded: String = word.bytes().map(|b| format!("%{b:02X}")).collect();
    format!("/api/v1/search?q={encoded}&limit=20")
}

fn cube(i: usize) -> String {
    let axes = ["kind", "street", "industry", "source", "year"];
    let rows = i % 5;
    let columns = (rows + 1 + i / 5 % 4) % 5;
    let measure = if i.is_multiple_of(2) { "entities" } else { "statements" };
    format!("/api/v1/cube?rows={}&columns={}&measure={measure}", axes[rows], axes[columns])
}

fn median_ms(times: &[Duration]) -> f64 {
    let mut times = times.to_vec();
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e3
}

fn latencies(agent: &Agent, count: usize, path: impl Fn(usize) -> String) -> Result<Vec<Duration>> {
    let mut times = Vec::with_capacity(count);
    // A tenth first, uncounted, as a house in use is.
    for i in 0..count + count / 10 {
        let url = format!("http://{ADDRESS}{}", path(i));
        let start = Instant::now();
        let mut response = agent.get(&url).call()?;
        let status = response.status().as_u16();
        response.body_mut().read_to_vec()?;
        if status != 200 {
            bail!("{url} answered {status}");
        }
        if i >= count / 10 {
            times.push(start.elapsed());
        }
    }
    Ok(times)
}

struct Server(Child);

impl Server {
    fn start(binary: &Path, data: &Path, store: Option<&str>) -> Result<Server> {
        let mut command = Command::new(binary);
        command.arg("--data").arg(data);
        if let Some(store) = store {
            command.args(["--store", store]);
        }
        command.args(["serve", "--listen", ADDRESS, "--requests-a-minute", "100000000"]);
        command.stdout(Stdio::null());
        Ok(Server(command.spawn().context("starting the binary")?))
    }

    /// Waits until a path answers 200.
    fn wait(&mut self, agent: &Agent, path: &str) -> Result<()> {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(120) {
            if let Some(status) = self.0.try_wait()? {
                bail!("the server ended: {status}");
            }
            let answer = agent.get(format!("http://{ADDRESS}{path}")).call();
            if answer.is_ok_and(|response| response.status() == 200) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        bail!("{path} did not answer in time")
    }

    /// Resident memory now and at most, in MB.
    fn memory(&self) -> Result<(u64, u64)> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let field = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name));
            line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).unwrap_or(0)
        };
        Ok((field("VmRSS:") / 1024, field("VmHWM:") / 1024))
    }

    fn stop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}
