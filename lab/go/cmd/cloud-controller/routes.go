package main

import (
	"context"

	cloudprovider "k8s.io/cloud-provider"
)

func (c *cloud) ListRoutes(context.Context, string) ([]*cloudprovider.Route, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	routes := make([]*cloudprovider.Route, 0, len(c.routes))
	for _, route := range c.routes {
		routes = append(routes, &route)
	}
	return routes, nil
}

func (c *cloud) CreateRoute(_ context.Context, _ string, _ string, route *cloudprovider.Route) error {
	state, err := readState(c.file)
	if err != nil {
		return err
	}
	if err := refusal(state.Routes.Refuse, state.Routes.RefuseNodes, string(route.TargetNode)); err != nil {
		return err
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.routes[route.DestinationCIDR] = *route
	return nil
}

func (c *cloud) DeleteRoute(_ context.Context, _ string, route *cloudprovider.Route) error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	delete(c.routes, route.DestinationCIDR)
	return nil
}
