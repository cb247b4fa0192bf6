// Package settings reads the configuration of this machine for the driver and the command. It calls
// package config with the files, the environment and the user of the system.
package settings
