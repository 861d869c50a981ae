using System.Numerics;
using System.Numerics.Tensors;

namespace Nmf.Kernels.Tensors;

/// <summary>What sums over all entries of the CP model are made of: column sums and Gram matrices of the factors.
/// </summary>
internal sealed class SharedTerms<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly WorkTeam _team;
    private readonly double[][] _sums;
    private readonly Matrix<T>[] _grams;
    private readonly Matrix<T> _product;
    private readonly Matrix<double> _exactGram;
    private readonly Matrix<double> _exactProduct;
    private readonly double[] _row;

    public SharedTerms(int order, int rank, WorkTeam team)
    {
        _team = team;
        _sums = [.. Enumerable.Range(0, order).Select(_ => new double[rank])];
        _grams = [.. Enumerable.Range(0, order).Select(_ => new Matrix<T>(rank, rank))];
        _product = new Matrix<T>(rank, rank);
        (_exactGram, _exactProduct) = (new Matrix<double>(rank, rank), new Matrix<double>(rank, rank));
        _row = new double[rank];
    }

    /// <summary>Rows of the products of the column sums of all factors but one: pos for β = 1.</summary>
    public void ProductsOfSums(Matrix<T>[] factors, int except, Matrix<T> positive)
    {
        SumsBut(factors, except);
        var first = positive.Row(0);
        for (var k = 0; k < first.Length; k++)
            first[k] = T.CreateSaturating(_row[k]);
        for (var i = 1; i < positive.Rows; i++)
            first.CopyTo(positive.Row(i));
    }

    /// <summary>A factor times <see cref="GramBut"/>: pos for β = 2.</summary>
    public void TimesGrams(Matrix<T>[] factors, int target, Matrix<T> positive)
    {
        GramBut(factors, target, _product);
        for (var i = 0; i < positive.Rows; i++)
        {
            var row = positive.Row(i);
            ReadOnlySpan<T> factor = factors[target].Row(i);
            row.Clear();
            for (var k = 0; k < factor.Length; k++)
                TensorPrimitives.MultiplyAdd(_product.Row(k), factor[k], row, row);
        }
    }

    /// <summary>The Gram matrix of the Khatri-Rao product of all factors but one: the element-wise product of
    /// theirs.</summary>
    public void GramBut(Matrix<T>[] factors, int except, Matrix<T> gram)
    {
        var isFirst = true;
        for (var n = 0; n < factors.Length; n++)
        {
            if (n == except)
                continue;
            FactorKernels.Gram(factors[n], isFirst ? gram : _grams[n], _team);
            for (var k = 0; k < gram.Rows && !isFirst; k++)
                TensorPrimitives.Multiply(gram.Row(k), _grams[n].Row(k), gram.Row(k));
            isFirst = false;
        }
    }

    /// <summary>The sum of all entries of the model.</summary>
    public double ModelSum(Matrix<T>[] factors)
    {
        SumsBut(factors, -1);
        return TensorPrimitives.Sum<double>(_row);
    }

    /// <summary>The sum of the squares of all entries of the model, in double.</summary>
    public double ModelSquares(Matrix<T>[] factors)
    {
        for (var n = 0; n < factors.Length; n++)
        {
            _exactGram.Clear();
            for (var i = 0; i < factors[n].Rows; i++)
            {
                TensorPrimitives.ConvertTruncating<T, double>(factors[n].Row(i), _row);
                for (var k = 0; k < _row.Length; k++)
                    TensorPrimitives.MultiplyAdd(_row, _row[k], _exactGram.Row(k), _exactGram.Row(k));
            }

            for (var k = 0; k < _row.Length; k++)
            {
                if (n == 0)
                    _exactGram.Row(k).CopyTo(_exactProduct.Row(k));
                else
                    TensorPrimitives.Multiply(_exactProduct.Row(k), _exactGram.Row(k), _exactProduct.Row(k));
            }
        }

        double sum = 0;
        for (var k = 0; k < _row.Length; k++)
            sum += TensorPrimitives.Sum<double>(_exactProduct.Row(k));
        return sum;
    }

    private void SumsBut(Matrix<T>[] factors, int except)
    {
        Array.Fill(_row, 1);
        for (var n = 0; n < factors.Length; n++)
        {
            if (n == except)
                continue;
            FactorKernels.ColumnSums(factors[n], _sums[n], _team);
            TensorPrimitives.Multiply(_row, _sums[n], _row);
        }
    }
}
