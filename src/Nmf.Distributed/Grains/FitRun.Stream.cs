using Nmf.Distributed.Messages;
using Nmf.Kernels;

namespace Nmf.Distributed.Grains;

// A fit to a stream: what is remembered of it is here, its parts are in the silos and keep nothing but their place. So
// a checkpoint is what is here, and how many rounds there were.
internal sealed partial class FitRun
{
    private void RunStream(FitSpec spec, IShardNode root, long run)
    {
        try
        {
            Learn(spec, root, run);
        }
        catch (OperationCanceledException)
        {
            // Somebody may wait for samples that do not come.
            _ = root.Stop(run);
            throw;
        }
    }

    private void Learn(FitSpec spec, IShardNode root, long run)
    {
        var loaded = Load(root, new ShardLoad(
            run, spec.Source, spec.Address, Record.Since, spec.Online!.BatchSize, Record.SourceShards));
        var options = spec.Online.ToOptions(spec);
        var state = new StreamFitState();
        var features = loaded[0].Features;
        using var stored = Record.Slot < 0 ? null
            : Wait(_parts.Read(Slot(Record.Slot), $"iteration {Record.Iteration}"));
        using var learner = new OnlineNmf<float>(
            options with { Threads = _options.Threads ?? Environment.ProcessorCount },
            stored is null ? GivenTo(spec, features) : null);
        if (stored is null)
            Record.Slot = -1;
        else
        {
            using var reader = new BinaryReader(stored);
            state.Load(reader);
            learner.LoadState(reader, features);
        }

        Wait(root.Begin(new ShardBegin(run, spec, null, [], Record.Slot, Record.Iteration)));
        var parts = new StreamParts<float>(
            new RemoteShards(root, run, _options.MostMessageBytes, _stop.Token), loaded.Length, features);
        var saved = System.Diagnostics.Stopwatch.StartNew();
        var model = StreamFit.Run(
            parts, learner, state, isWhole =>
            {
                var point = PointOf(state, learner, features);
                Report(point);
                if (!isWhole && saved.Elapsed < _options.CheckpointInterval)
                    return;
                Save(learner, state, point, features);
                saved.Restart();
            },
            _stop.Token);
        Keep(spec, model);
    }

    private Matrix<float>? GivenTo(FitSpec spec, int features)
    {
        if (spec.Start.Length == 0)
            return null;
        var w = ReadStart(spec);
        return w.Rows == features ? w : throw new ArgumentException(
            $"The dictionary has {w.Rows} features, but the samples have {features}.");
    }

    private static FitProgressPoint PointOf(StreamFitState state, OnlineNmf<float> learner, int features)
    {
        // Between two passes it is the pass that has ended.
        var hasBegun = state.SamplesInPass > 0;
        var samples = hasBegun ? state.SamplesInPass : state.Samples!.Value;
        var cost = hasBegun ? state.CostInPass : state.History[^1].Objective;
        return new FitProgressPoint(
            (int)Math.Min(int.MaxValue, learner.BatchesSeen), cost / samples / features,
            state.Passes + (hasBegun ? 1 : 0), samples);
    }

    private void Save(OnlineNmf<float> learner, StreamFitState state, FitProgressPoint point, int features)
    {
        var record = Record.Copy();
        var slot = record.Slot == 0 ? 1 : 0;
        Store(Slot(slot), $"iteration {point.Iteration}", writer =>
        {
            state.Save(writer);
            learner.SaveState(writer);
        });
        (record.Slot, record.Iteration, record.Objectives) = (slot, point.Iteration, [point.Objective]);
        (record.Pass, record.Samples, record.Features) = (point.Pass, point.Samples, features);
        Write(record);
        _failures = 0;
    }

    private void Keep(FitSpec spec, NmfModel<float> model)
    {
        Store("model", ModelMark, writer => writer.WriteMatrix(model.Dictionary));
        var record = Record.Copy();
        record.Result = FitResult.Of(spec, model);
        (record.State, record.Kind, record.Message) = (FitState.Completed, ShardFaultKind.Passing, "");
        Write(record);
    }
}
