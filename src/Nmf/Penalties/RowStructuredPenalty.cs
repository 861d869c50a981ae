using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// A penalty of the activations that is not a function of column sums: it walks the rows of H, in blocks that depend on
/// the shape alone, and adds the blocks' sums in their order.
/// </summary>
internal abstract class RowStructuredPenalty<T> : FactorPenalty<T>, IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int RowsOfBlock = 256;

    private readonly int _samples;
    private readonly double[] _partial;
    private readonly double[] _ones;
    private readonly bool _guarded;
    private Task _task;
    private PenaltyPoint<T>? _at;
    private PenaltyTerms<T>? _terms;

    protected RowStructuredPenalty(bool guarded, int samples, int rank)
    {
        _samples = samples;
        _guarded = guarded;
        _partial = new double[Blocks * rank];
        _ones = new double[rank];
        Array.Fill(_ones, 1);
        Sums = new double[rank];
    }

    private enum Task
    {
        Value,
        Activations,
        Dictionary,
    }

    public override bool IsScaleFree => _guarded;

    public override bool IsOfRows => true;

    /// <summary>Whether the penalty applies to s_k h_k.</summary>
    protected bool Guarded => _guarded;

    /// <summary>Sums over the samples that the last <see cref="SumForDictionary"/> took.</summary>
    protected double[] Sums { get; }

    private int Blocks => (int)((_samples + (RowsOfBlock - 1L)) / RowsOfBlock);

    public override double Value(PenaltyPoint<T> at)
    {
        Run(Task.Value, at, null);
        double sum = 0;
        for (var block = 0; block < Blocks; block++)
            sum += _partial[block * Sums.Length];
        return sum;
    }

    public override void AddForActivations(PenaltyPoint<T> at, PenaltyTerms<T> terms)
        => Run(Task.Activations, at, terms);

    public override void AddForDictionary(PenaltyPoint<T> at, PenaltyTerms<T> terms)
    {
        if (!_guarded)
            return;
        Run(Task.Dictionary, at, null);
        Array.Clear(Sums);
        for (var block = 0; block < Blocks; block++)
        {
            for (var k = 0; k < Sums.Length; k++)
                Sums[k] += _partial[(block * Sums.Length) + k];
        }

        AddSums(at, terms);
    }

    void IBlockWork.Run(int block, int worker)
    {
        var (from, to) = (block * RowsOfBlock, (int)long.Min(_samples, (block + 1L) * RowsOfBlock));
        var (at, scale) = (_at!, _guarded ? _at!.SumW : _ones);
        var sums = _partial.AsSpan(block * Sums.Length, Sums.Length);
        switch (_task)
        {
            case Task.Value:
                sums[0] = ValueOf(at.H, scale, from, to);
                break;
            case Task.Activations:
                AddGradient(at.H, scale, _terms!, from, to);
                break;
            default:
                sums.Clear();
                SumForDictionary(at.H, scale, from, to, sums);
                break;
        }
    }

    /// <summary>The part of the value that belongs to some rows.</summary>
    protected abstract double ValueOf(Matrix<T> h, double[] scale, int from, int to);

    /// <summary>Adds to the gradient of some rows.</summary>
    protected abstract void AddGradient(Matrix<T> h, double[] scale, PenaltyTerms<T> terms, int from, int to);

    /// <summary>Sums over some rows what the update of W needs.</summary>
    protected abstract void SumForDictionary(Matrix<T> h, double[] scale, int from, int to, Span<double> sums);

    /// <summary>Adds <see cref="Sums"/> to the update of W.</summary>
    protected abstract void AddSums(PenaltyPoint<T> at, PenaltyTerms<T> terms);

    private void Run(Task task, PenaltyPoint<T> at, PenaltyTerms<T>? terms)
    {
        (_task, _at, _terms) = (task, at, terms);
        at.Team.Run(this, Blocks);
        (_at, _terms) = (null, null);
    }
}
