using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Alternating improvement of the factors from extrapolated points: each factor, once improved, is moved on along the
/// line from its last value, and the other one is improved against that point (Ang and Gillis, "Accelerating
/// nonnegative matrix factorization algorithms using extrapolation", 2019). Subclasses say how a factor is improved.
/// </summary>
/// <remarks>
/// Guarded: a pair that is not better than the one before is thrown away and the iteration done again without
/// extrapolation, so that the objective of <see cref="Solver{T}.W"/> and <see cref="Solver{T}.H"/> never increases.
/// </remarks>
internal abstract class ExtrapolatedSolver<T> : Solver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Between iterations the extrapolated factors; the activations among them have become the factor itself.
    private readonly Matrix<T> _nextH;
    private readonly Matrix<T> _nextW;
    private ExtrapolationWeight _weight;
    private double _objective = double.NaN;
    private bool _beyondIsCurrent;

    private protected ExtrapolatedSolver(
        NmfData<T> data, double beta, NmfStart<T> start, WorkTeam team, ExtrapolationWeight weight)
        : base(data, beta, start, team)
    {
        _weight = weight;
        _nextH = new Matrix<T>(H.Rows, H.Columns);
        _nextW = new Matrix<T>(W.Rows, W.Columns);
    }

    /// <summary>Whether an extrapolated dictionary must stay nonnegative. Extrapolated activations always do: they
    /// become the result.</summary>
    private protected abstract bool RequiresNonnegativeDictionary { get; }

    public override double Objective()
    {
        if (double.IsNaN(_objective))
            _objective = FirstObjective();
        return _objective;
    }

    /// <summary>The objective of W and H before the first iteration.</summary>
    private protected virtual double FirstObjective() => Pass.Objective(W, H);

    /// <summary>Improves H in place for a given W.</summary>
    private protected abstract void ImproveActivations(Matrix<T> w, Matrix<T> h);

    /// <summary>Improves W in place for a given H.</summary>
    private protected abstract void ImproveDictionary(Matrix<T> w, Matrix<T> h);

    /// <summary>The objective right after <see cref="ImproveDictionary"/> with the same arguments.</summary>
    private protected virtual double ObjectiveOfImproved(Matrix<T> w, Matrix<T> h) => Pass.Objective(w, h);

    private protected override void Update()
    {
        Objective();
        if (!_beyondIsCurrent)
            Restart();
        if (Advance(_weight.Value))
        {
            _weight.Accept();
            return;
        }

        _weight.Reject();
        Restart();

        // Where not even a plain iteration lowers the objective, the limit of the precision is reached.
        if (!Advance(0))
            Restart();
    }

    public override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        writer.Write(_objective);
        writer.Write(_beyondIsCurrent);
        writer.WriteMatrix(_nextW);
        _weight.Save(writer);
    }

    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        _objective = reader.ReadDouble();
        _beyondIsCurrent = reader.ReadBoolean();
        reader.ReadMatrix(_nextW);
        _weight.Load(reader);
    }

    private protected override void Rescaled() => _beyondIsCurrent = false;

    private void Restart()
    {
        W.CopyTo(_nextW);
        _beyondIsCurrent = true;
    }

    /// <summary>One iteration from the extrapolated factors; on success they and the factors move on, otherwise
    /// the factors stay.</summary>
    private bool Advance(double weight)
    {
        H.CopyTo(_nextH);
        ImproveActivations(_nextW, _nextH);
        Extrapolation.MoveOn(_nextH, H, weight, nonnegative: true);
        ImproveDictionary(_nextW, _nextH);
        var objective = ObjectiveOfImproved(_nextW, _nextH);
        if (!(objective <= _objective))
            return false;
        Extrapolation.MoveOnAndRemember(_nextW, W, weight, RequiresNonnegativeDictionary);
        _nextH.CopyTo(H);
        _objective = objective;
        return true;
    }
}
