using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Bi-cross-validation: a fold holds out the entries of one group of samples at one group of features (Owen
/// and Perry 2009).</summary>
internal sealed class HeldOutBlock<T> : HeldOutFold<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Submatrix<T> _heldOutSamples;
    private readonly Submatrix<T> _heldOutFeatures;
    private readonly Submatrix<T> _block;

    /// <summary>Cuts the data in four: seen, seen features of held-out samples, held-out features of seen samples
    /// (transposed), and the block itself.</summary>
    public HeldOutBlock(NmfData<T> data, int[] samples, int[] features)
    {
        int[] seenSamples = [.. Enumerable.Range(0, data.Samples).Except(samples)];
        int[] seenFeatures = [.. Enumerable.Range(0, data.Features).Except(features)];
        Training = Submatrix<T>.Of(data, seenSamples, seenFeatures).ToData();
        _heldOutSamples = Submatrix<T>.Of(data, samples, seenFeatures);
        var seen = Submatrix<T>.Of(data, seenSamples, features);
        _heldOutFeatures = seen.Transposed();
        _block = Submatrix<T>.Of(data, samples, features);
        Entries = (long)samples.Length * features.Length;
    }

    public override NmfData<T> Training { get; }

    public override long Entries { get; }

    /// <summary>Groups per side for a fraction of the entries.</summary>
    public static int GroupsPerSide(double fraction) => Math.Max(2, (int)Math.Round(1 / Math.Sqrt(fraction)));

    /// <summary>Items drawn into groups of sizes that differ by one at most: those of one group, increasing.</summary>
    public static int[] Group(int items, int groups, int group, CounterRandom random)
        => [.. Enumerable.Range(0, items)
            .OrderBy(i => random.Uniform(i)).Where((_, place) => place % groups == group).Order()];

    public override int Samples => _block.Rows;

    public override void CopyHeldOut(int sample, Span<T> row) => _block.CopyRow(sample, row);

    public override (Matrix<T> Dictionary, Matrix<T> Activations) Factors(
        NmfModel<T> model, WorkTeam team, CancellationToken cancellationToken)
    {
        // What is predicted for a sample must not have seen its held-out entries, so its activations come from its
        // other features; by symmetry the weights of a held-out feature come from the seen samples, whose
        // activations play the dictionary.
        var row = model.Options.Problem.RowProblem(model.Options.Inference);
        var activations = Infer(_heldOutSamples, model.Dictionary, row, team, cancellationToken);
        return (Infer(_heldOutFeatures, model.Activations, row, team, cancellationToken), activations);
    }

    public override double Divergence(NmfModel<T> model, WorkTeam team, CancellationToken cancellationToken)
    {
        var (weights, activations) = Factors(model, team, cancellationToken);
        var beta = model.Options.Problem.BetaOrNull!.Value;
        return _block.Divergence(
            new Predictions<T>(weights, activations, beta, Predictions<T>.Floor(Training, beta)), team,
            cancellationToken);
    }

    private static Matrix<T> Infer(
        Submatrix<T> rows, Matrix<T> dictionary, RowSolverOptions options, WorkTeam team,
        CancellationToken cancellationToken)
    {
        var solver = new RowSolver<T>(dictionary, options);
        var result = new Matrix<T>(rows.Rows, dictionary.Columns);
        rows.Solve(solver, result, team, cancellationToken);
        return result;
    }
}
