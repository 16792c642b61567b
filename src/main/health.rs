//! Asking the running bot whether it is healthy, for a machine that has no curl.

use std::{
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    time::Duration,
};

use anyhow::{Context, bail};
use clap::Args;

/// How long the bot may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where to ask.
#[derive(Args)]
pub struct Health {
    /// The address on which the bot answers
    #[arg(env = "VOEL_EERST_STATUS", value_name = "ADDRESS:PORT")]
    status: Option<SocketAddr>,
}

impl Health {
    /// Asks. Everything but a yes is the error.
    pub fn run(self) -> anyhow::Result<()> {
        let Some(mut address) = self.status else {
            bail!("there is nobody to ask: set VOEL_EERST_STATUS, for the bot and for this");
        };
        // Whoever listens on every address is also here.
        match address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
            IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
            IpAddr::V4(_) | IpAddr::V6(_) => {}
        }
        let answer =
            ask(address).with_context(|| format!("the bot does not answer on {address}"))?;
        let (head, said) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        if head.split(' ').nth(1) != Some("200") {
            bail!("{}", said.trim_end());
        }
        print!("{said}");
        Ok(())
    }
}

fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(64 << 10).read_to_string(&mut answer)?;
    Ok(answer)
}
