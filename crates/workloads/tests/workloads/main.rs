//! The workloads are what they are defined to be, and every engine comes to what they must come to.

mod contestants;
mod files;
mod golden;
mod measuring;
