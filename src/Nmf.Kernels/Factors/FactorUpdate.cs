using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Nmf.Kernels;

/// <summary>The multiplicative update, element by element. Padding is zero over zero and stays zero.</summary>
internal sealed unsafe partial class FactorUpdate<T> : IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int BlockLength = 1 << 14;
    private const int Chunk = 256;

    /// <summary>A result below this becomes zero: subnormal numbers are a hundred times slower.</summary>
    internal static readonly T Smallest = sizeof(T) == sizeof(float) ? T.CreateChecked(1e-30) : T.CreateChecked(1e-290);

    private T* _factor;
    private T* _negative;
    private T* _positive;
    private long _length;
    private double _exponent;
    private bool _isExponential;

    public void Run(
        Matrix<T> factor, Matrix<T> negative, Matrix<T> positive, double exponent, WorkTeam team,
        bool isExponential = false)
    {
        _isExponential = isExponential;
        _factor = factor.Data;
        _negative = negative.Data;
        _positive = positive.Data;
        _exponent = exponent;
        _length = factor.Rows * (long)factor.Stride;
        team.Run(this, checked((int)((_length + BlockLength - 1) / BlockLength)));
        GC.KeepAlive(factor);
        GC.KeepAlive(negative);
        GC.KeepAlive(positive);
    }

    void IBlockWork.Run(int block, int worker)
    {
        var ratios = stackalloc T[Chunk];
        var to = long.Min(_length, (block + 1L) * BlockLength);
        for (var at = (long)block * BlockLength; at < to; at += Chunk)
        {
            var count = (int)long.Min(Chunk, to - at);
            if (_curvature != null)
            {
                Roots(_negative + at, _positive + at, _curvature + at, ratios, count);
            }
            else
            {
                Ratios(_negative + at, _positive + at, ratios, count, _isExponential ? T.Zero : T.One);
                if (_isExponential)
                    TensorPrimitives.Exp<T>(new ReadOnlySpan<T>(ratios, count), new Span<T>(ratios, count));
                else
                    Raise(new Span<T>(ratios, count), _exponent);
            }

            Multiply(_factor + at, ratios, _factor + at, count);
        }
    }

    /// <summary>negative / positive, and 1 where positive is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Ratios(T* negative, T* positive, T* ratios, int count)
        => Ratios(negative, positive, ratios, count, T.One);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Ratios(T* negative, T* positive, T* ratios, int count, T neutral)
    {
        var j = 0;
        for (; j + Vector<T>.Count <= count; j += Vector<T>.Count)
        {
            var denominator = Vector.Load(positive + j);
            var ratio = Vector.Load(negative + j) / denominator;
            Vector.ConditionalSelect(Vector.Equals(denominator, Vector<T>.Zero), new Vector<T>(neutral), ratio)
                .Store(ratios + j);
        }

        for (; j < count; j++)
            ratios[j] = positive[j] == T.Zero ? neutral : negative[j] / positive[j];
    }

    /// <summary>ratios^exponent, in place.</summary>
    internal static void Raise(Span<T> ratios, double exponent)
    {
        if (exponent == 0.5)
            TensorPrimitives.Sqrt(ratios, ratios);
        else if (exponent == FactorKernels.OverrelaxedExponent)
            Overrelaxation<T>.Apply(ratios);
        else if (exponent != 1)
            TensorPrimitives.Pow(ratios, T.CreateChecked(exponent), ratios);
    }

    /// <summary>factor ∘ ratios; the result may stand where either stood.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Multiply(T* factor, T* ratios, T* result, int count)
    {
        var smallest = new Vector<T>(Smallest);
        var j = 0;
        for (; j + Vector<T>.Count <= count; j += Vector<T>.Count)
        {
            var updated = Vector.Load(factor + j) * Vector.Load(ratios + j);

            // "Less than" is false for NaN, which must reach the guard of the fit.
            Vector.ConditionalSelect(Vector.LessThan(updated, smallest), Vector<T>.Zero, updated).Store(result + j);
        }

        for (; j < count; j++)
        {
            var updated = factor[j] * ratios[j];
            result[j] = updated < Smallest ? T.Zero : updated;
        }
    }
}
