using System.Globalization;
using BenchmarkDotNet.Running;
using Nmf.Benchmarks;

if (args is ["observed"])
    ObservedRatios.Print();
else if (args is ["unmixing"])
    UnmixingRates.Print();
else if (args is ["outliers", .. var outliers])
    OutlierTable.Print(outliers);
else if (args is ["scenes", .. var scenes])
    UnmixingTable.Print(scenes);
else if (args is ["library", .. var library])
    SparseUnmixingTable.Print(library);
else if (args is ["whitening", .. var whitening])
    WhiteningTable.Print(whitening);
else if (args is ["smoothing", .. var smoothing])
    SmoothingTable.Print(smoothing);
else if (args is ["sparse", .. var sparse])
    SparseRates.Print(int.Parse(sparse[0], CultureInfo.InvariantCulture), sparse is [_, var folder] ? folder : null);
else if (args is ["sequences"])
    SequenceRatios.Print();
else if (args is ["views"])
    ViewRatios.Print();
else if (args is ["tensors"])
    TensorRates.Print();
else if (args is ["transforms"])
    TransformRates.Print();
else
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
