//! The program as people and scripts meet it: real processes, real files, real exit statuses.
#![allow(missing_docs)]

mod bad_input;
mod bench;
mod bench_book;
mod bench_data;
mod bench_physics;
mod bench_rmsc;
mod browser;
mod calibrate;
mod ecology;
mod facts;
mod generate;
mod golden;
mod help;
mod history;
mod interrupt;
mod memory;
mod pages;
mod program;
mod reference;
mod replay;
mod risk;
mod run;
