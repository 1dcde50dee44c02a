package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"
)

// state is what the cloud has and what it refuses, as the file says.
type state struct {
	LoadBalancers balancerState            `json:"loadBalancers"`
	Routes        routeState               `json:"routes"`
	Instances     map[string]instanceState `json:"instances"`
}

type balancerState struct {
	// Addresses is the range to give from, as 192.0.2.10-192.0.2.99.
	Addresses string `json:"addresses"`
	// Refuse is the error that every new load balancer gets.
	Refuse string `json:"refuse"`
	// RefuseServices are errors for single Services, by namespace/name.
	RefuseServices map[string]string `json:"refuseServices"`
	// RefuseDelete is the error that every deletion gets.
	RefuseDelete string `json:"refuseDelete"`
}

type routeState struct {
	// Refuse is the error that every new route gets.
	Refuse string `json:"refuse"`
	// RefuseNodes are errors for the routes of single nodes.
	RefuseNodes map[string]string `json:"refuseNodes"`
}

type instanceState struct {
	// State is running (as is a node that the file does not name), shutdown or gone.
	State string `json:"state"`
	// Addresses are the node's internal addresses; those in its status if there are none.
	Addresses []string `json:"addresses"`
	Zone      string   `json:"zone"`
	Region    string   `json:"region"`
	// Error is what every question for this instance gets.
	Error string `json:"error"`
}

func readState(file string) (*state, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var found state
	if err := decoder.Decode(&found); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	for name, instance := range found.Instances {
		switch instance.State {
		case "", "running", "shutdown", "gone":
		default:
			return nil, fmt.Errorf("%s: state %q of instance %s is none of running, shutdown, gone", file, instance.State, name)
		}
	}
	return &found, nil
}

// refusal is the error for a name, the single one before the one for all.
func refusal(all string, single map[string]string, name string) error {
	if text := single[name]; text != "" {
		return errors.New(text)
	}
	if all != "" {
		return errors.New(all)
	}
	return nil
}

// free finds the first address of the range that is not taken.
func (b balancerState) free(taken map[netip.Addr]bool) (netip.Addr, error) {
	first, last, ok := strings.Cut(b.Addresses, "-")
	if !ok {
		return netip.Addr{}, fmt.Errorf("addresses %q is no range", b.Addresses)
	}
	address, err := netip.ParseAddr(strings.TrimSpace(first))
	if err != nil {
		return netip.Addr{}, err
	}
	end, err := netip.ParseAddr(strings.TrimSpace(last))
	if err != nil {
		return netip.Addr{}, err
	}
	for ; address.IsValid() && address.Compare(end) <= 0; address = address.Next() {
		if !taken[address] {
			return address, nil
		}
	}
	return netip.Addr{}, fmt.Errorf("no address of %s is free", b.Addresses)
}
