package main

import (
	"context"
	"errors"
	"net/netip"

	v1 "k8s.io/api/core/v1"
	cloudprovider "k8s.io/cloud-provider"
)

func (c *cloud) GetLoadBalancerName(_ context.Context, _ string, service *v1.Service) string {
	return cloudprovider.DefaultLoadBalancerName(service)
}

func (c *cloud) GetLoadBalancer(
	_ context.Context, _ string, service *v1.Service,
) (*v1.LoadBalancerStatus, bool, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	address, found := c.known(service)
	if !found {
		return nil, false, nil
	}
	return balancerStatus(address), true, nil
}

func (c *cloud) EnsureLoadBalancer(
	_ context.Context, _ string, service *v1.Service, _ []*v1.Node,
) (*v1.LoadBalancerStatus, error) {
	state, err := readState(c.file)
	if err != nil {
		return nil, err
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	address, found := c.known(service)
	if !found {
		address, err = c.give(state.LoadBalancers, service)
	}
	if err != nil {
		return nil, err
	}
	return balancerStatus(address), nil
}

func (c *cloud) UpdateLoadBalancer(_ context.Context, _ string, service *v1.Service, _ []*v1.Node) error {
	state, err := readState(c.file)
	if err != nil {
		return err
	}
	return refusal("", state.LoadBalancers.RefuseServices, service.Namespace+"/"+service.Name)
}

func (c *cloud) EnsureLoadBalancerDeleted(_ context.Context, _ string, service *v1.Service) error {
	state, err := readState(c.file)
	if err != nil {
		return err
	}
	if state.LoadBalancers.RefuseDelete != "" {
		return errors.New(state.LoadBalancers.RefuseDelete)
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	delete(c.given, service.UID)
	return nil
}

// give takes a free address for a Service, unless the cloud refuses it.
func (c *cloud) give(state balancerState, service *v1.Service) (netip.Addr, error) {
	if err := refusal(state.Refuse, state.RefuseServices, service.Namespace+"/"+service.Name); err != nil {
		return netip.Addr{}, err
	}
	taken := map[netip.Addr]bool{}
	for _, address := range c.given {
		taken[address] = true
	}
	address, err := state.free(taken)
	if err == nil {
		c.given[service.UID] = address
	}
	return address, err
}

// known is the address that a Service has, from its status if this process did not give it.
func (c *cloud) known(service *v1.Service) (netip.Addr, bool) {
	if address, found := c.given[service.UID]; found {
		return address, true
	}
	for _, ingress := range service.Status.LoadBalancer.Ingress {
		if address, err := netip.ParseAddr(ingress.IP); err == nil {
			c.given[service.UID] = address
			return address, true
		}
	}
	return netip.Addr{}, false
}

func balancerStatus(address netip.Addr) *v1.LoadBalancerStatus {
	return &v1.LoadBalancerStatus{Ingress: []v1.LoadBalancerIngress{{IP: address.String()}}}
}
