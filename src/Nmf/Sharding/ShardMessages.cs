using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>What shards are asked for.</summary>
internal enum ShardTask
{
    /// <summary>To improve H for a given W, and the sums that the step of W needs.</summary>
    Improve,

    /// <summary>Their part of the objective.</summary>
    Objective,

    /// <summary>To infer H of the dictionary that was given to start from, and its column sums.</summary>
    Infer,

    /// <summary>What the coordinator keeps of H: its column sums, and those of the squares.</summary>
    Columns,

    /// <summary>To end with the activations of the model, and their part of its figures of merit.</summary>
    End,

    /// <summary>Of a part of a stream: to read its next batch, and what is in it.</summary>
    Look,

    /// <summary>Of one part of a stream: the dictionary with which its batch has a stream begin.</summary>
    Start,

    /// <summary>Of a part of a stream: to infer H of its next batch, and the sums that the step of W needs.</summary>
    Learn,

    /// <summary>Of a part of a stream: the figures of merit of its next batch.</summary>
    Evaluate,
}

/// <summary>What the coordinator tells all shards. One object serves a whole fit: shards read it while they answer, and
/// may keep <see cref="W"/> as that of the request, until the next one.</summary>
internal sealed class ShardRequest<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>What is asked.</summary>
    public ShardTask Task { get; set; }

    /// <summary>Number of W: the same for requests between which it did not change.</summary>
    public int Version { get; set; }

    /// <summary>The dictionary.</summary>
    public required Matrix<T> W { get; set; }

    /// <summary>Where the sums for W are to be taken, if not at W.</summary>
    public Matrix<T>? Point { get; set; }

    /// <summary>What the columns of H have to be multiplied by first, or empty.</summary>
    public double[] Scale { get; set; } = [];

    /// <summary>How far H is moved on before its update.</summary>
    public double Momentum { get; set; }

    /// <summary>Numbers of the solver's own.</summary>
    public double[] Numbers { get; set; } = [];

    /// <summary>How the fit ends, for <see cref="ShardTask.End"/>.</summary>
    public ShardEnding? Ending { get; set; }
}

/// <summary>How shards turn their activations into those of the model.</summary>
/// <param name="Order">For each component of the model that of the fit.</param>
/// <param name="Scale">What each of them is multiplied by.</param>
/// <param name="Exponent">A power of two by which all are multiplied, too.</param>
/// <param name="Penalty">What inference adds to the divergence, or null.</param>
/// <param name="Infers">Whether inference takes the place of the activations of the fit.</param>
/// <param name="Constant">The best constant model, in the unit of the fit.</param>
/// <param name="DataExponent">The exponent of the unit of the data.</param>
/// <param name="DictionaryExponent">That of the unit of W.</param>
internal sealed record ShardEnding(
    int[] Order, double[] Scale, double Exponent, RowPenalty? Penalty, bool Infers, double Constant, int DataExponent,
    double DictionaryExponent);

/// <summary>Sums over the samples of a shard, or of several: what they answer. Which matrices and how many numbers
/// there are is known to the solver that asks.</summary>
internal sealed class ShardSums<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Sums in given places.</summary>
    /// <param name="numbers">How many numbers.</param>
    /// <param name="matrices">Matrices, which are overwritten.</param>
    public ShardSums(int numbers, params Matrix<T>[] matrices)
        => (Matrices, Numbers) = (matrices, new double[numbers]);

    /// <summary>Sums in the precision of the data.</summary>
    public Matrix<T>[] Matrices { get; }

    /// <summary>Sums in double precision.</summary>
    public double[] Numbers { get; }

    /// <summary>Adds those of the shards behind.</summary>
    public void Add(ShardSums<T> other)
    {
        for (var m = 0; m < Matrices.Length; m++)
        {
            for (var i = 0; i < Matrices[m].Rows; i++)
                TensorPrimitives.Add(Matrices[m].Row(i), other.Matrices[m].Row(i), Matrices[m].Row(i));
        }

        TensorPrimitives.Add(Numbers, other.Numbers, Numbers);
    }

    /// <summary>Forgets all sums: those of no sample.</summary>
    public void Clear()
    {
        foreach (var matrix in Matrices)
            matrix.Clear();
        Array.Clear(Numbers);
    }

    /// <summary>Room for as many sums.</summary>
    public ShardSums<T> Alike()
        => new(Numbers.Length, Array.ConvertAll(Matrices, matrix => new Matrix<T>(matrix.Rows, matrix.Columns)));
}

/// <summary>One shard of a fit, or one part of a stream.</summary>
internal interface IShardAnswers<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Answers a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="sums">Receives the answer; what it held is overwritten.</param>
    void Answer(ShardRequest<T> request, ShardSums<T> sums);
}

/// <summary>All shards of a fit, wherever they are.</summary>
internal interface IShards<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Asks all shards and adds their answers by the tree of <see cref="NmfShards"/>.</summary>
    /// <param name="request">What to ask.</param>
    /// <param name="sums">Receives the sums.</param>
    void Ask(ShardRequest<T> request, ShardSums<T> sums);
}
