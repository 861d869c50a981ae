using System.Numerics;
using System.Numerics.Tensors;

namespace Nmf.Kernels;

/// <summary>Powers of the model: products and roots where they do, exponentials and logarithms otherwise.</summary>
internal static unsafe class ModelPower<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary><c>power[j] = y[j]^exponent</c>.</summary>
    public static void Compute(T* y, T* power, int count, double exponent)
    {
        var source = new ReadOnlySpan<T>(y, count);
        var target = new Span<T>(power, count);
        switch (exponent)
        {
            case 1:
                source.CopyTo(target);
                break;
            case -2:
                TensorPrimitives.Multiply(source, source, target);
                TensorPrimitives.Divide(T.One, target, target);
                break;
            case -0.5:
                TensorPrimitives.Sqrt(source, target);
                TensorPrimitives.Divide(T.One, target, target);
                break;
            case -1.5:
                TensorPrimitives.Sqrt(source, target);
                TensorPrimitives.Multiply(source, target, target);
                TensorPrimitives.Divide(T.One, target, target);
                break;
            default:
                TensorPrimitives.Pow(source, T.CreateChecked(exponent), target);
                break;
        }
    }
}
