using PeerComparison;

try
{
    var arguments = Arguments.Parse(args);
    switch (arguments.Mode)
    {
        case Mode.FmaPeak:
            FmaPeak.Run(arguments.Threads);
            break;
        case Mode.Memory:
            MemoryBandwidth.Run(arguments.Threads);
            break;
        case Mode.Growth:
            GrowthRun.Run(arguments);
            break;
        case Mode.Transform when arguments.Single:
            TransformRun<float>.Run(arguments);
            break;
        case Mode.Transform:
            TransformRun<double>.Run(arguments);
            break;
        case Mode.Fit when arguments.Single:
            FitRun<float>.Run(arguments);
            break;
        default:
            FitRun<double>.Run(arguments);
            break;
    }

    return 0;
}
catch (UsageException e)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}
