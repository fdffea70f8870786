//! Published results, and the models that must reproduce them.
//!
//! `pitfloor reference` lists the models, evaluates one with any arguments, and checks a file of
//! published values against all of them. (The plain exchange that tests compare with is another
//! thing: `testkit::reference`.)
