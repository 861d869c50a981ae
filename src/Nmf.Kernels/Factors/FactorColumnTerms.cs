using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nmf.Kernels;

/// <summary>
/// <c>target ← target + constant_k + slope_k ∘ factor</c>, column by column: the gradient of ℓ1 and ℓ2 penalties whose
/// weight depends on the component. Padding gets zero.
/// </summary>
internal sealed unsafe class FactorColumnTerms<T> : IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int RowsOfBlock = 512;

    private T[] _constant = [];
    private T[] _slope = [];
    private Matrix<T>? _target;
    private Matrix<T>? _factor;

    public void Run(
        Matrix<T> target, Matrix<T> factor, ReadOnlySpan<double> constant, ReadOnlySpan<double> slope, WorkTeam team)
    {
        var stride = (int)target.Stride;
        if (_constant.Length != stride)
        {
            _constant = new T[stride];
            _slope = new T[stride];
        }

        Fill(_constant, constant, target.Columns);
        Fill(_slope, slope, target.Columns);
        (_target, _factor) = (target, factor);
        team.Run(this, (int)((target.Rows + (RowsOfBlock - 1L)) / RowsOfBlock));
        (_target, _factor) = (null, null);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void IBlockWork.Run(int block, int worker)
    {
        var (target, factor) = (_target!, _factor!);
        var stride = target.Stride;
        var to = int.Min(target.Rows, (block + 1) * RowsOfBlock);
        fixed (T* constant = _constant, slope = _slope)
        {
            for (var i = block * RowsOfBlock; i < to; i++)
            {
                T* t = target.Data + (i * stride), f = factor.Data + (i * stride);
                nint k = 0;
                for (; k + Vector<T>.Count <= stride; k += Vector<T>.Count)
                    (Vector.Load(t + k) + Vector.Load(constant + k) + (Vector.Load(slope + k) * Vector.Load(f + k)))
                        .Store(t + k);
                for (; k < stride; k++)
                    t[k] += constant[k] + (slope[k] * f[k]);
            }
        }
    }

    private static void Fill(T[] target, ReadOnlySpan<double> source, int columns)
    {
        Array.Clear(target);
        for (var k = 0; k < columns && k < source.Length; k++)
            target[k] = T.CreateSaturating(source[k]);
    }
}
