//! The doors of a paced market: where orders and instructions come in from outside.
//!
//! Whoever stands outside holds a [`Desk`]; the host holds the [`Doors`]. Both queues between them
//! are bounded, and a full one makes the sender wait: nothing that was taken in is dropped.

use crate::clock::Wake;
use crate::speed::Speed;
use pitfloor_model::command::Command;
use pitfloor_model::units::OrderId;
use thiserror::Error;
use tokio::sync::mpsc;

/// How many commands from outside may wait for the market. Who sends one more waits too.
pub const OUTSIDE_BACKLOG_MAX: usize = 1 << 10;

/// How many instructions may wait for the host.
pub const CONTROL_BACKLOG_MAX: usize = 16;

/// What a paced market can be told while it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Let time stand still. Orders wait at the door meanwhile.
    Pause,
    /// Let time go on from where it stood.
    Resume,
    /// Go on at another speed. Does not end a pause.
    Speed(Speed),
    /// End here.
    Stop,
}

/// The outside of the doors. Cheap to clone: one for everybody who wants in.
#[derive(Clone, Debug)]
pub struct Desk {
    commands: mpsc::Sender<Command>,
    controls: mpsc::Sender<Control>,
}

/// The inside of the doors. They outlast a run: what waits when one ends is there for the next.
#[derive(Debug)]
pub struct Doors {
    commands: mpsc::Receiver<Command>,
    controls: mpsc::Receiver<Control>,
    deserted: bool,
}

/// The doors have been taken down: nobody will take anything in any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the market has closed")]
pub struct Closed;

/// Why a command was not taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unsent {
    /// The doors have been taken down.
    #[error(transparent)]
    Closed(#[from] Closed),
    /// It names an order by a number of the venue's own: such orders pass an account's kill switch, so
    /// nobody outside enters or touches one.
    #[error("order {}: found a number of the venue's own, expected one below 2^63", .0.0)]
    VenueNumber(OrderId),
}

/// The number of the venue's own by which `command` names an order, if it does.
fn venue_number(command: &Command) -> Option<OrderId> {
    let own = |order: &OrderId| *order >= OrderId::VENUE_FIRST;
    if let Command::PlaceList(list) = command {
        return list.members.iter().map(|member| member.order).find(own);
    }
    Some(command.order()).filter(own)
}

/// What happened at the doors.
pub(crate) enum Knock {
    Command(Command),
    Control(Control),
    /// The clock was first, or the last desk has been left.
    Nobody,
}

/// A pair of doors.
#[must_use]
pub fn doors() -> (Desk, Doors) {
    let (commands, commands_in) = mpsc::channel(OUTSIDE_BACKLOG_MAX);
    let (controls, controls_in) = mpsc::channel(CONTROL_BACKLOG_MAX);
    let desk = Desk { commands, controls };
    (desk, Doors { commands: commands_in, controls: controls_in, deserted: false })
}

impl Desk {
    /// Hands a command in; it reaches the venue at the moment when the market takes it. Waits while
    /// [`OUTSIDE_BACKLOG_MAX`] others are waiting.
    ///
    /// # Errors
    ///
    /// When the market has closed, or the command names an order by a number of the venue's own; it
    /// has not been taken then.
    pub async fn send(&self, command: Command) -> Result<(), Unsent> {
        if let Some(order) = venue_number(&command) {
            return Err(Unsent::VenueNumber(order));
        }
        self.commands.send(command).await.map_err(|_| Closed.into())
    }

    /// Tells the host what to do with time. Waits while [`CONTROL_BACKLOG_MAX`] others are waiting.
    ///
    /// # Errors
    ///
    /// When the market has closed.
    pub async fn tell(&self, control: Control) -> Result<(), Closed> {
        self.controls.send(control).await.map_err(|_| Closed)
    }
}

impl Doors {
    /// How many commands are waiting.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.commands.len()
    }

    /// True when no desk is left: nobody can send, or resume, any more.
    pub(crate) const fn deserted(&self) -> bool {
        self.deserted
    }

    /// The next to come in, before `wake`. Instructions go first; commands only with
    /// `takes_commands`.
    pub(crate) async fn knock(&mut self, wake: Wake, takes_commands: bool) -> Knock {
        tokio::select! {
            biased;
            control = self.controls.recv(), if !self.deserted => match control {
                Some(control) => Knock::Control(control),
                None => {
                    // A desk is both doors: commands may still wait, but none will follow.
                    self.deserted = true;
                    Knock::Nobody
                }
            },
            Some(command) = self.commands.recv(), if takes_commands => Knock::Command(command),
            () = wake.wait() => Knock::Nobody,
        }
    }
    /// The commands that are waiting already.
    pub(crate) fn more(&mut self) -> impl Iterator<Item = Command> + '_ {
        std::iter::from_fn(|| self.commands.try_recv().ok())
    }
}
