using System.Numerics;
using System.Runtime.InteropServices;

namespace Nmf.Kernels;

/// <summary>Abundances of all samples from products with the data that a solver has at hand: <see cref="SimplexQuadratic"/> row by row.</summary>
internal sealed unsafe class FactorAbundance<T> : IBlockWork, IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int RowsOfBlock = 64;
    private const int MaximumIterations = 1000;

    private double* _memory;
    private nuint _capacity;
    private nint _memoryOfWorker;
    private int _vertices;
    private Matrix<T>? _factor;
    private Matrix<T>? _product;

    // Behind the Gram matrix each worker has q, h and the scratch memory of the simplex.
    public void Run(Matrix<T> factor, Matrix<T> product, Matrix<T> gram, AbundanceConstraint constraint, WorkTeam team)
    {
        var rank = factor.Columns;
        _vertices = rank + (constraint == AbundanceConstraint.SumToAtMostOne ? 1 : 0);
        nint square = _vertices * _vertices;
        _memoryOfWorker = (nint)((2 * _vertices) + SimplexQuadratic.ScratchLength(_vertices) + 7) / 8 * 8;
        Reserve((nuint)(square + (team.Threads * _memoryOfWorker)) * sizeof(double));
        new Span<double>(_memory, checked((int)square)).Clear();
        for (var k = 0; k < rank; k++)
        {
            for (var j = 0; j < rank; j++)
                _memory[(k * _vertices) + j] = double.CreateTruncating(gram[k, j]);
        }

        (_factor, _product) = (factor, product);
        team.Run(this, (int)((factor.Rows + (RowsOfBlock - 1L)) / RowsOfBlock));
        (_factor, _product) = (null, null);
    }

    void IBlockWork.Run(int block, int worker)
    {
        var (factor, product, vertices) = (_factor!, _product!, _vertices);
        var q = _memory + (vertices * vertices) + (worker * _memoryOfWorker);
        var h = q + vertices;
        var scratch = h + vertices;
        var rank = factor.Columns;
        if (vertices > rank)
            q[rank] = 0;
        var to = (int)long.Min(factor.Rows, (block + 1L) * RowsOfBlock);
        for (var i = block * RowsOfBlock; i < to; i++)
        {
            var source = product.Data + (i * product.Stride);
            var target = factor.Data + (i * factor.Stride);
            for (var k = 0; k < rank; k++)
                q[k] = double.CreateTruncating(source[k]);
            SimplexQuadratic.Solve(_memory, vertices, q, vertices, h, scratch, MaximumIterations);
            for (var k = 0; k < rank; k++)
                target[k] = T.CreateTruncating(h[k]);
        }
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }

    private void Reserve(nuint needed)
    {
        if (needed <= _capacity)
            return;
        NativeMemory.AlignedFree(_memory);
        _memory = null;
        _capacity = 0;
        _memory = (double*)NativeMemory.AlignedAlloc(needed, 64);
        _capacity = needed;
    }
}
