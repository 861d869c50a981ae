// Two cores: the tests wait for background work, and the load test wants the machine for itself.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
