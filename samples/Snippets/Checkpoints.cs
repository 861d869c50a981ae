#:project ../../src/Nmf/Nmf.csproj
// A long fit that is stopped half-way and goes on from its checkpoint, to the bits that it would have had.
using Nmf;

var random = new Random(1);
float[] values = [.. Enumerable.Range(0, 400 * 50).Select(_ => (float)random.Next(20))];
var data = NmfData<float>.FromDense(values, samples: 400, features: 50);
var options = new NmfOptions
{
    Rank = 10,
    Problem = BetaDivergence.KullbackLeibler,
    Iterations = new() { MaximumIterations = 100, Tolerance = 0 },
};
var checkpoint = new NmfCheckpoint("fit.checkpoint") { Interval = TimeSpan.Zero };

var stop = new CancellationTokenSource();
var watch = new Watch { At = iteration => { if (iteration == 50) stop.Cancel(); } };
try
{
    NmfFactorizer.Fit(data, options, checkpoint: checkpoint, progress: watch, cancellationToken: stop.Token);
}
catch (OperationCanceledException)
{
    Console.WriteLine($"Stopped; the checkpoint has {new FileInfo("fit.checkpoint").Length:N0} bytes");
}

var seen = new List<int>();
watch.At = seen.Add;
var resumed = NmfFactorizer.Fit(data, options, checkpoint: checkpoint, progress: watch);
var undisturbed = NmfFactorizer.Fit(data, options);
var same = resumed.Dictionary.ToRowMajor().SequenceEqual(undisturbed.Dictionary.ToRowMajor());
Console.WriteLine($"Went on; the first news is of iteration {seen[0]}");
Console.WriteLine($"The end has {(same ? "the same bits" : "other bits")} as a fit without interruption");

class Watch : IProgress<FitProgress>
{
    public Action<int> At { get; set; } = _ => { };

    public void Report(FitProgress value) => At(value.Iteration);
}
