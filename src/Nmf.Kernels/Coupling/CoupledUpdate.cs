using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nmf.Kernels;

/// <summary>
/// The activation step of soft co-factorisation: minimises, entry by entry, the sum of the majorisers of all views,
/// each times its weight, plus <c>λ Σ_{u&lt;v} pen(h_u - h_v)</c> with pen the absolute value or half the square
/// (Seichepine, Essid, Févotte and Cappé 2014, for two views). The majoriser of a view depends on its own activations
/// alone, so the sum is one of all together, and two moves lower it one after the other: all views by one common
/// factor, then each view with the others fixed.
/// </summary>
/// <remarks>
/// <para>Without the common move absolute values would hold activations that are equal where they are, since neither
/// can leave the other; and squares with a large λ would hardly let them move.</para>
/// <para>Between the moves the majoriser stays the same function, written from where the activations are: after a move
/// x, neg becomes neg x^-Decay and pos becomes pos x^Growth.</para>
/// </remarks>
internal sealed unsafe partial class CoupledUpdate<T> : IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int RowsOfBlock = 128;

    private readonly CoupledView<T>[] _views;
    private readonly Vector<T>[] _weights;
    private readonly Vector<T> _lambda;
    private readonly Vector<T> _floor;
    private readonly double _strength;
    private readonly bool _isSquared;
    private readonly double _commonExponent;
    private readonly double _commonBeta;
    private readonly double[] _partial;
    private bool _valueOnly;

    /// <param name="views">All views, of one shape; at least one.</param>
    /// <param name="strength">λ, at least 0.</param>
    /// <param name="isSquared">Half the square in place of the absolute value.</param>
    /// <param name="floor">The smallest activation.</param>
    public CoupledUpdate(CoupledView<T>[] views, double strength, bool isSquared, T floor)
    {
        (_views, _strength, _isSquared) = (views, strength, isSquared);
        _weights = Array.ConvertAll(views, v => new Vector<T>(T.CreateChecked(v.Weight)));
        (_lambda, _floor) = (new Vector<T>(T.CreateChecked(strength)), new Vector<T>(floor));
        _commonExponent = CoupledView<T>.CommonExponent(views, isSquared ? 1 : 0);
        _commonBeta = isSquared && CoupledView<T>.HaveOneBeta(views) ? views[0].Beta : double.NaN;
        _partial = new double[(int)((views[0].Factor.Rows + (RowsOfBlock - 1L)) / RowsOfBlock)];
    }

    /// <summary>Updates the activations of all views.</summary>
    /// <param name="team">Threads to use; null for the calling one.</param>
    public void Run(WorkTeam? team)
    {
        if (team is not null)
            team.Run(this, _partial.Length);
        for (var block = 0; team is null && block < _partial.Length; block++)
            RunBlock(block);
    }

    /// <summary>λ Σ pen of the activations as they are.</summary>
    /// <param name="team">Threads to use; null for the calling one.</param>
    public double Value(WorkTeam? team)
    {
        _valueOnly = true;
        Run(team);
        _valueOnly = false;
        double sum = 0;
        foreach (var part in _partial)
            sum += part;
        return _strength * (_isSquared ? 0.5 * sum : sum);
    }

    void IBlockWork.Run(int block, int worker) => RunBlock(block);

    private void RunBlock(int block)
    {
        var first = _views[0].Factor;
        var end = (int)long.Min(first.Rows, (block + 1L) * RowsOfBlock);
        var memory = stackalloc Vector<T>[4 * _views.Length];
        if (_valueOnly)
            _partial[block] = 0;
        for (var n = block * RowsOfBlock; n < end; n++)
        {
            for (nint k = 0; k < first.Stride; k += Vector<T>.Count)
            {
                var at = (n * first.Stride) + k;
                if (_valueOnly)
                    _partial[block] += Distance(at, memory);
                else
                    Update(at, memory);
            }

            foreach (var view in _views)
            {
                var row = view.Factor.Data + (n * first.Stride);
                for (nint k = first.Columns; k < first.Stride; k++)
                    row[k] = T.Zero;
            }
        }

        GC.KeepAlive(_views);
    }

    private double Distance(nint at, Vector<T>* h)
    {
        for (var v = 0; v < _views.Length; v++)
            h[v] = Vector.Load(_views[v].Factor.Data + at);
        return double.CreateTruncating(Vector.Sum(Distance(h)));
    }

    // Σ |h_u - h_v| or Σ (h_u - h_v)².
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector<T> Distance(Vector<T>* h)
    {
        var sum = Vector<T>.Zero;
        for (var v = 1; v < _views.Length; v++)
        {
            for (var u = 0; u < v; u++)
            {
                var d = h[v] - h[u];
                sum += _isSquared ? d * d : Vector.Abs(d);
            }
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Update(nint at, Vector<T>* memory)
    {
        var count = _views.Length;
        Vector<T>* h = memory, negative = memory + count, positive = memory + (2 * count), kinks = memory + (3 * count);
        for (var v = 0; v < count; v++)
        {
            var view = _views[v];
            h[v] = Vector.Load(view.Factor.Data + at);
            negative[v] = _weights[v] * Vector.Load(view.Negative.Data + at);
            positive[v] = _weights[v] * Vector.Load(view.Positive.Data + at);
        }

        if (_strength > 0 && count > 1)
            MoveTogether(h, negative, positive);
        for (var v = 0; v < count; v++)
        {
            var moved = _strength == 0 || count == 1 ? h[v] * Free(_views[v], negative[v], positive[v])
                : _isSquared ? Squared(v, h, negative[v], positive[v])
                : Absolute(v, h, negative[v], positive[v], kinks);

            // "Less than" is false for NaN, which must reach the guard of the fit.
            h[v] = Vector.ConditionalSelect(Vector.LessThan(moved, _floor), _floor, moved);
            h[v].Store(_views[v].Factor.Data + at);
        }
    }
}
