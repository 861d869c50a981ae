using System.Numerics;

namespace Nmf.Kernels;

internal sealed class SparsePass<T> : DivergencePass<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Matrix<T> _dense;
    private readonly DivergencePass<T> _pass;

    public SparsePass(SparseMatrix<T> data, SparseMatrix<T> transposed, int rank, double beta, WorkTeam team)
        : base(beta, rank, team)
    {
        _dense = new Matrix<T>(data.Rows, data.Columns);
        for (var i = 0; i < data.Rows; i++)
            for (var j = 0; j < data.RowIndices(i).Length; j++)
                _dense[i, data.RowIndices(i)[j]] = data.RowValues(i)[j];
        _pass = Create(_dense, rank, beta, team);
    }

    public override double ActivationGradient(Matrix<T> w, Matrix<T> h, Matrix<T> negative, Matrix<T> positive, bool withObjective)
        => _pass.ActivationGradient(w, h, negative, positive, withObjective);

    public override void DictionaryGradient(Matrix<T> w, Matrix<T> h, Matrix<T> negative, Matrix<T> positive)
        => _pass.DictionaryGradient(w, h, negative, positive);

    public override double JointGradient(
        Matrix<T> w, Matrix<T> h, Matrix<T> negativeH, Matrix<T> positiveH, Matrix<T> negativeW, Matrix<T> positiveW, bool withObjective)
    {
        DictionaryGradient(w, h, negativeW, positiveW);
        return ActivationGradient(w, h, negativeH, positiveH, withObjective);
    }

    public override double Objective(Matrix<T> w, Matrix<T> h) => _pass.Objective(w, h);

    public override void ActivationProduct(Matrix<T> w, Matrix<T> result) => _pass.ActivationProduct(w, result);

    public override void DictionaryProduct(Matrix<T> h, Matrix<T> result) => _pass.DictionaryProduct(h, result);

    protected override void Dispose(bool disposing)
    {
        _pass.Dispose();
        _dense.Dispose();
        base.Dispose(disposing);
    }
}
