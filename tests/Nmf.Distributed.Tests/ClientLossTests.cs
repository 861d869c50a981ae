using Nmf.Distributed.Grains;
using Nmf.Distributed.Messages;
using Nmf.Kernels;

namespace Nmf.Distributed.Tests;

/// <summary>Clients that die in the middle of a call: the next one takes over by the name of the fit, with the same
/// bits.</summary>
public sealed class ClientLossTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(120);

    [Theory]
    [InlineData("random")]
    [InlineData("given")]
    [InlineData("stream")]
    public async Task A_fit_whose_client_dies_is_taken_over_by_its_name(string kind)
    {
        var (data, random) = (new Data(), new Random(5));
        var options = DistributedFitTests.Options("extrapolated") with
        {
            Iterations = new() { MaximumIterations = 60, Tolerance = 0, CheckInterval = 3 },
        };
        var online = OnlineFitTests.Options(1) with { Passes = 8, BatchSize = 8 };
        var start = new NmfStart<float>(OnlineStartTests.Start());
        var expected = kind switch
        {
            "random" => data.Expected(options),
            "given" => NmfFactorizer.Fit(
                data.Whole(), options with { Shards = NmfShards.OfSizes(data.Sizes) }, start),
            _ => OnlineStartTests.Expected(data, online, start.Dictionary),
        };
        await using var cluster = await Cluster.Start(2, data);
        foreach (var moment in new[] { -1, 0, random.Next(5, 30) })
        {
            // Before anybody has been answered, before the first iteration, and in the middle.
            var (fit, reached) = ($"{kind} {moment}", new TaskCompletionSource());
            var lost = Fit(new DistributedFitTests.Progress(status =>
            {
                if (status.Iteration >= moment)
                    reached.TrySetResult();
            }));
            if (moment >= 0)
                await Task.WhenAny(reached.Task, lost);
            await cluster.LoseClient();
            await Task.WhenAny(lost, Task.Delay(Long));
            Assert.True(lost.IsCompleted);
            var model = await Fit(null).WaitAsync(Long);
            Assert.Equal(expected.Dictionary.ToRowMajor(), model.Dictionary.ToRowMajor());
            Assert.Equal(expected.Objective, model.Objective);
            Assert.Equal(0, (await cluster.Nmf.GetStatusAsync(fit)).Failures);

            Task<NmfModel<float>> Fit(IProgress<DistributedFitStatus>? progress) => kind switch
            {
                "stream" => cluster.Nmf.FitOnlineAsync(
                    fit, "data", "all", online, 3, progress, DistributedFitTests.Soon, start.Dictionary),
                _ => cluster.Nmf.FitAsync(
                    fit, "data", "all", options, progress, DistributedFitTests.Soon, kind == "given" ? start : null),
            };
        }
    }

    [Fact]
    public async Task A_dictionary_that_was_given_in_part_is_given_anew_by_the_next_client()
    {
        var (data, options) = (new Data(), DistributedFitTests.Options("KL"));
        var (start, other) = (OnlineStartTests.Start(), OnlineStartTests.Start());
        other[3, 1] += 1;
        await using var cluster = await Cluster.Start(2, data);
        foreach (var half in new[] { start, other })
        {
            var fit = half == start ? "same" : "other";
            var spec = FitSpec.Of("data", "all", options, new NmfStart<float>(half));
            var grain = cluster.Grains.GetGrain<IFitGrain>(fit);
            Assert.False(await grain.Start(spec));
            await grain.Give(spec.Start, MatrixParts.Cut([half], 160).First());

            // A part is no dictionary.
            Assert.False(await grain.Start(spec));
            await cluster.LoseClient();
            var model = await cluster.Nmf.FitAsync(
                fit, "data", "all", options, interval: DistributedFitTests.Soon, start: new NmfStart<float>(start))
                .WaitAsync(Long);
            await DistributedFitTests.AssertSame(
                cluster, fit, data, NmfFactorizer.Fit(
                    data.Whole(), options with { Shards = NmfShards.OfSizes(data.Sizes) },
                    new NmfStart<float>(start)), model);
        }
    }

    [Fact]
    public async Task A_transform_whose_client_dies_is_begun_again_by_the_next_one()
    {
        var loads = 0;
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var data = new Data(shards: 8);
        var model = NmfFactorizer.Fit(data.Whole(), DistributedFitTests.Options("KL"));
        data.Loading = _ =>
        {
            if (Interlocked.Increment(ref loads) == 3)
                reached.TrySetResult();
            Thread.Sleep(50);
        };
        await using var cluster = await Cluster.Start(2, data);
        var lost = cluster.Nmf.TransformAsync(model, "data", "all", "memory", "here");
        await reached.Task;
        await cluster.LoseClient();
        Assert.Equal(
            data.Sizes, await cluster.Nmf.TransformAsync(model, "data", "all", "memory", "here").WaitAsync(Long));
        Assert.Equal(
            model.Transform(data.Whole()).ToRowMajor(),
            Enumerable.Range(0, data.Shards).SelectMany(s => cluster.Sink.Stored[("here", s)]));
        await Task.WhenAny(lost, Task.Delay(Long));
        Assert.True(lost.IsCompleted);
    }
}
