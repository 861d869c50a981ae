using Nmf.Kernels;

namespace Nmf;

// Rounds of a stream in parts, which are in this process or elsewhere.
public sealed partial class OnlineNmf<T>
{
    private readonly ShardRequest<T> _request;
    private readonly ShardSums<T> _figures;
    private readonly List<OnlineWorker<T>> _workers = [];
    private GivenPart<T>[] _given = [];
    private StreamParts<T>? _givenParts;

    /// <summary>The worker of a part of the stream in this process.</summary>
    internal OnlineWorker<T> Worker(int part)
    {
        while (_workers.Count <= part)
            _workers.Add(OnlineWorker<T>.Create(Options, _workers.Count, _team));
        return _workers[part];
    }

    /// <summary>Learns from the batches of a round, wherever they are. What goes wrong leaves everything as it was.
    /// </summary>
    internal RoundFigures Learn(StreamParts<T> parts, long pass, long round)
    {
        var (mean, step) = (_unit.Mean, _step);
        RoundFigures figures;
        if (step is null || step.IsFresh)
        {
            figures = Look(parts, pass, round, out var first);
            if (figures.Sum == 0)
                return Learnt(figures);
            mean ??= _unit.Require(figures.Sum / ((double)figures.Samples * parts.Features));
            step = Begin(parts, new BatchRequest(pass, round, mean.Value, first));
        }

        Ask(parts, ShardTask.Learn, new BatchRequest(pass, round, mean!.Value, 0), step.W, step.Sums);
        figures = RoundFigures.Of(step.Sums, Options.Rank);
        if (figures.Sum > 0)
        {
            var seen = SamplesSeen + figures.Samples + (Options.StartWeight ?? 0);
            var period = Options.Learning.ForgettingPeriod ?? Math.Min(seen, SamplesOfPass ?? seen);
            step.Learn(figures.Samples, Math.Pow(Options.Learning.Forgetting, figures.Samples / period));
            _unit.Decide(mean.Value);
            (_step, _request.Version) = (step, _request.Version + 1);
        }

        GC.KeepAlive(this);
        return Learnt(figures with { Cost = _unit.CostOf(figures.Cost) });
    }

    /// <summary>The cost, in the unit of learning, of the batches of a round with the dictionary as it is; nothing is
    /// learnt.</summary>
    /// <param name="parts">The parts of the stream.</param>
    /// <param name="pass">Number of the pass.</param>
    /// <param name="round">Number of the round.</param>
    /// <param name="constant">The best constant in that unit.</param>
    /// <param name="usage">The sums of the activations of each component are added to these.</param>
    internal RoundFigures Evaluate(StreamParts<T> parts, long pass, long round, double constant, Span<double> usage)
    {
        RequireLearnt();
        Ask(parts, ShardTask.Evaluate, new BatchRequest(pass, round, _unit.Mean!.Value, constant), _step!.W, _figures);
        for (var k = 0; k < usage.Length; k++)
            usage[k] += _figures.Numbers[k];
        GC.KeepAlive(this);
        return RoundFigures.Of(_figures, Options.Rank);
    }

    private double PartialFit(
        int parts, NmfData<T> first, IReadOnlyList<NmfData<T>?>? batches, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_given.Length != parts)
        {
            _given = [.. Enumerable.Range(0, parts).Select(part => new GivenPart<T>(Worker(part)))];
            _givenParts = null;
        }

        if (_givenParts?.Features != first.Features)
            _givenParts = new StreamParts<T>(new ShardTree<T>(_given), parts, first.Features);

        for (var part = 0; part < parts; part++)
            _given[part].Give(batches is null ? first : batches[part], cancellationToken);
        try
        {
            return Learn(_givenParts, 0, 0).Cost;
        }
        finally
        {
            foreach (var given in _given)
                given.Give(null, default);
        }
    }

    private RoundFigures Learnt(RoundFigures figures)
    {
        if (figures.Parts == 0)
            return figures;
        SamplesSeen += figures.Samples;
        BatchesSeen++;
        _lastCost = figures.Cost;
        return figures;
    }

    // What is in the batches of a round, and the first of them that is not zero.
    private RoundFigures Look(StreamParts<T> parts, long pass, long round, out int first)
    {
        var sums = new ShardSums<T>(Options.Rank + BatchRequest.Facts + parts.Count);
        Ask(parts, ShardTask.Look, new BatchRequest(pass, round, double.NaN, 0), _step?.W ?? _request.W, sums);
        first = sums.Numbers.AsSpan(Options.Rank + BatchRequest.Facts).IndexOfAnyExcept(0);
        return RoundFigures.Of(sums, Options.Rank);
    }

    private OnlineStep<T> Begin(StreamParts<T> parts, BatchRequest asked)
    {
        var given = _step?.W;
        var sums = new ShardSums<T>(
            Options.Rank + BatchRequest.Facts,
            [.. Enumerable.Range(0, given is null ? 1 : 2).Select(
                _ => new Matrix<T>(parts.Features, Options.Rank))]);
        Ask(parts, ShardTask.Start, asked, given ?? _request.W, sums);
        _request.Version++;
        return OnlineStep<T>.Create(
            Options, sums.Matrices[0], _team, given is null ? null : sums.Matrices[1]);
    }

    private void Ask(StreamParts<T> parts, ShardTask task, BatchRequest asked, Matrix<T> w, ShardSums<T> sums)
    {
        (_request.Task, _request.W) = (task, w);
        asked.CopyTo(_request.Numbers);
        parts.Shards.Ask(_request, sums);
    }
}
