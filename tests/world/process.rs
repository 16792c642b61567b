//! The running bot, on a runtime of its own, so that it can be ended as a process can: asked to stop, or gone at once.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::{
    runtime::{Builder, Runtime},
    sync::watch,
    task::JoinHandle,
    time::timeout,
};
use voel_eerst::service::{Service, ServiceError, Tally};

use super::REAL_PATIENCE;

/// A running bot.
pub struct Process {
    /// What happened in it.
    pub tally: Arc<Tally>,
    next_due: watch::Receiver<Option<Timestamp>>,
    stop: watch::Sender<bool>,
    running: JoinHandle<Result<(), ServiceError>>,
    /// `None` once it is shut down.
    runtime: Option<Runtime>,
}

impl Process {
    /// Starts the bot that `service` makes.
    pub fn start(
        service: impl FnOnce(Arc<Tally>, watch::Sender<Option<Timestamp>>) -> Service,
    ) -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let tally = Arc::new(Tally::default());
        let (due, next_due) = watch::channel(None);
        let (stop, stopped) = watch::channel(false);
        let service = service(Arc::clone(&tally), due);
        let running = runtime.spawn(service.run(stopped));
        Self {
            tally,
            next_due,
            stop,
            running,
            runtime: Some(runtime),
        }
    }

    /// When the bot does something of its own accord.
    pub fn next_due(&self) -> Option<Timestamp> {
        *self.next_due.borrow()
    }

    /// Waits until the bot does something of its own accord at this moment next.
    pub async fn plans(&mut self, at: Timestamp) {
        let planned = self.next_due.wait_for(|due| *due == Some(at));
        timeout(REAL_PATIENCE, planned)
            .await
            .expect("the plan")
            .unwrap();
    }

    /// Asks the bot to stop, and waits until it has.
    pub async fn stop(self) -> Result<(), ServiceError> {
        self.stop.send_replace(true);
        self.ended().await
    }

    /// Waits until the bot has ended.
    pub async fn ended(mut self) -> Result<(), ServiceError> {
        timeout(REAL_PATIENCE, &mut self.running)
            .await
            .expect("the bot ends")
            .expect("the bot does not panic")
    }

    /// Ends the bot wherever it is, and waits until nothing of it is left.
    pub async fn kill(mut self) {
        self.shut_down();
        let gone = async { while self.next_due.changed().await.is_ok() {} };
        timeout(REAL_PATIENCE, gone)
            .await
            .expect("the heart ends when everything around it is gone");
    }

    fn shut_down(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.shut_down();
    }
}
