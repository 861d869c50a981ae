namespace Nmf.Distributed.Messages;

/// <summary>A model as inference needs it, but for its dictionary.</summary>
[GenerateSerializer]
[Immutable]
internal sealed class TransformSpec
{
    [Id(0)] public double Beta { get; set; }

    [Id(1)] public double Tolerance { get; set; }

    [Id(2)] public int MaximumIterations { get; set; }

    [Id(3)] public RowPenaltyMessage? Penalty { get; set; }

    [Id(4)] public int Features { get; set; }

    [Id(5)] public int Components { get; set; }

    /// <summary>What silos need of a model.</summary>
    /// <exception cref="ArgumentException">Its inference needs more than a dictionary, a β and penalties.</exception>
    public static TransformSpec Of(NmfModel<float> model)
    {
        if (model.Options.Problem is not (BetaNmf or AutomaticRelevance))
        {
            throw new ArgumentException(
                $"Activations of a model of {model.Options.Problem.InWords} are not inferred on silos: those of "
                + $"{nameof(BetaNmf)} and {nameof(AutomaticRelevance)} are. Load the shards where you are, and take "
                + "NmfModel.Transform.", nameof(model));
        }

        return new TransformSpec
        {
            Beta = model.Options.Problem.BetaOrNull!.Value,
            Tolerance = model.Options.Inference.Tolerance,
            MaximumIterations = model.Options.Inference.MaximumIterations,
            Penalty = RowPenaltyMessage.Of(model.Penalty),
            Features = model.Dictionary.Rows,
            Components = model.Dictionary.Columns,
        };
    }
}

/// <summary>A model on a silo.</summary>
[GenerateSerializer]
[Immutable]
internal sealed record TransformModelMessage(
    [property: Id(0)] TransformSpec Spec, [property: Id(1)] MatrixRows Dictionary);

/// <summary>To infer the activations of a shard and to leave them in a sink.</summary>
/// <param name="Source">The source.</param>
/// <param name="Address">What it understands.</param>
/// <param name="Sink">The sink.</param>
/// <param name="SinkAddress">What that understands.</param>
/// <param name="Processor">The processor of the silo that was asked first, as far as bits depend on it.</param>
[GenerateSerializer]
[Immutable]
internal sealed record TransformRequest(
    [property: Id(0)] string Source, [property: Id(1)] string Address, [property: Id(2)] string Sink,
    [property: Id(3)] string SinkAddress, [property: Id(4)] string Processor);

/// <summary>What is to be transformed, from one who counts.</summary>
/// <param name="Shards">How many shards there are, or -1 where they are not counted yet.</param>
/// <param name="Processor">The processor of the silo, as far as bits depend on it.</param>
[GenerateSerializer]
[Immutable]
internal sealed record TransformCount([property: Id(0)] int Shards, [property: Id(1)] string Processor);
