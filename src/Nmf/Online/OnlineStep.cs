using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// What is remembered of a stream, and how one batch, or one of each of its parts, changes it: the sums over its
/// samples that <see cref="OnlineWorker{T}"/> takes are added to the faded statistics of all before it, and the
/// dictionary minimises their sum. Memory O(F K), whatever the number of samples.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
internal abstract class OnlineStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly double[] _sums;
    private readonly double[] _usage;

    private protected OnlineStep(OnlineNmfOptions options, Matrix<T> dictionary, WorkTeam team)
    {
        Options = options;
        W = dictionary;
        Team = team;
        _sums = new double[W.Columns];
        _usage = new double[W.Columns];
    }

    /// <summary>Dictionary, features x rank; every column that is not zero has a sum between 1 and 2.</summary>
    public Matrix<T> W { get; }

    /// <summary>Sums of the activations of each component over all batches, faded like the statistics.</summary>
    public ReadOnlySpan<double> Usage => _usage;

    private protected OnlineNmfOptions Options { get; }

    private protected WorkTeam Team { get; }

    /// <summary>Room for the sums over the samples of a batch, with the sums of the activations of each component and
    /// <see cref="BatchRequest.Facts"/> numbers.</summary>
    public abstract ShardSums<T> Sums { get; }

    /// <summary>Whether no batch has been learnt yet.</summary>
    public bool IsFresh { get; private set; } = true;

    /// <summary>Until the first batch has been learnt, the dictionary that the start counts for, where that is not
    /// <see cref="W"/>: raised entries can be reached, but are no evidence.</summary>
    private protected Matrix<T>? Given { get; private set; }

    public static OnlineStep<T> Create(
        OnlineNmfOptions options, Matrix<T> dictionary, WorkTeam team, Matrix<T>? given = null)
    {
        OnlineStep<T> step = options.EffectiveUpdate == OnlineUpdate.LeastSquares
            ? new OnlineLeastSquaresStep<T>(options, dictionary, team)
            : new OnlineMajorizationStep<T>(options, dictionary, team);
        step.Given = given;
        step.Rescale();
        return step;
    }

    /// <summary>Learns from <see cref="Sums"/> over the samples of a batch with something in it.</summary>
    /// <param name="samples">How many there are.</param>
    /// <param name="decay">What is left of the weight of everything before.</param>
    public void Learn(double samples, double decay)
    {
        var startWeight = IsFresh ? (Options.StartWeight ?? samples) / samples : 0;
        var batchUsage = Sums.Numbers.AsSpan(0, W.Columns);
        for (var k = 0; k < _usage.Length; k++)
            _usage[k] = (decay * (_usage[k] + (startWeight * batchUsage[k]))) + batchUsage[k];
        Absorb(decay, startWeight);
        (IsFresh, Given) = (false, null);
        Rescale();
    }

    /// <summary>Everything that the next batch depends on, but the options.</summary>
    public virtual void Save(BinaryWriter writer)
    {
        writer.Write(IsFresh);
        writer.WriteNumbers<double>(_usage);
        writer.WriteMatrix(W);
    }

    /// <summary>Takes over what <see cref="Save"/> wrote.</summary>
    public virtual void Load(BinaryReader reader)
    {
        IsFresh = reader.ReadBoolean();
        reader.ReadFinite(_usage, 0.0);
        reader.ReadFactor(W);
    }

    /// <summary>Adds the batch to the statistics, and the start to those of the first batch, and updates
    /// the dictionary.</summary>
    private protected abstract void Absorb(double decay, double startWeight);

    /// <summary>The columns of W are about to be divided by these powers of two: the statistics follow.</summary>
    private protected abstract void RescaleStatistics(ReadOnlySpan<double> scale);

    // Sums of columns stay between 1 and 2, so that a floor for the entries makes sense. A power
    // of two changes no digit.
    private void Rescale()
    {
        FactorKernels.ColumnSums(W, _sums);
        var changes = false;
        for (var k = 0; k < _sums.Length; k++)
        {
            var exponent = _sums[k] > 0 ? Math.ILogB(_sums[k]) : 0;
            _sums[k] = Math.ScaleB(1, exponent);
            changes |= exponent != 0;
        }

        if (!changes)
            return;
        RescaleStatistics(_sums);
        for (var k = 0; k < _sums.Length; k++)
        {
            _usage[k] *= _sums[k];
            _sums[k] = 1 / _sums[k];
        }

        FactorKernels.ScaleColumns<T>(W, _sums);
        if (Given is not null)
            FactorKernels.ScaleColumns<T>(Given, _sums);
    }
}
