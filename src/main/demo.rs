//! Trying the whole bot in the browser.

use std::path::PathBuf;

use clap::Args;
use tracing_subscriber::filter::LevelFilter;
use voel_eerst::demo;

use super::{log, process, prompts};

/// How the demo runs.
#[derive(Args)]
pub struct Demo {
    /// The port of the phone's page; 0 takes a free one
    #[arg(long, default_value_t = 8090)]
    port: u16,
    /// Keep the store in this folder instead of a temporary one
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
    /// A folder with prompts and texts of one language, or of several languages in folders of their own, instead of those that are built in. What is
    /// changed in it shows at once, once it is in order
    #[arg(long, value_name = "DIR")]
    prompts: Option<PathBuf>,
}

impl Demo {
    /// Runs the demo until it is told to stop.
    pub fn run(self) -> anyhow::Result<()> {
        log::to_stderr(LevelFilter::WARN, log::Format::Human);
        let (voice, reload) = prompts::Chosen::read(self.prompts)?.voice(demo::house());
        let seed = process::random_seed()?;
        process::runtime()?.block_on(async {
            let stop = process::stop_on_signal()?;
            let demo = demo::Demo::start(demo::Setup {
                port: self.port,
                store: self.store,
                voice,
                reload,
                seed,
            })
            .await?;
            println!(
                "The demo runs. Open {} in a browser and be the parent. Ctrl-C ends it.",
                demo.address()
            );
            demo.run(stop).await
        })
    }
}
