//! The one scenario that takes real time: teloxide holds a call that got a 5xx for ten seconds.

use voel_eerst::demo::{Fault, Trouble};

use crate::world::World;

#[tokio::test]
async fn server_errors_are_outlived() {
    let on_sending = async {
        let mut world = World::new().await;
        let [anna, bram, chris] = ["Anna", "Bram", "Chris"].map(|name| world.parent(name));
        world.trouble(Fault::on("sendMessage", Trouble::ServerError).in_chat(anna.chat));
        world.trouble(Fault::on("sendMessage", Trouble::BadGateway).in_chat(bram.chat));
        anna.says("/hulp");
        bram.says("/hulp");
        chris.says("/hulp");
        chris.expects("In nood: bel 112.").await;
        for person in [&anna, &bram] {
            person.in_the_end().await;
            person.expects("In nood: bel 112.").await;
        }
        world.finish().await;
    };
    let on_receiving = async {
        let mut world = World::new().await;
        let anna = world.parent("Anna");
        world.settle().await;
        world.trouble(Fault::on(world.receiving(), Trouble::BadGateway));
        // The poll that waits already still brings the first.
        anna.says("/hulp");
        anna.expects("In nood: bel 112.").await;
        anna.says("/privacy");
        anna.in_the_end().await;
        anna.expects("Hoe ik met je woorden omga").await;
        world.finish().await;
    };
    tokio::join!(on_sending, on_receiving);
}
