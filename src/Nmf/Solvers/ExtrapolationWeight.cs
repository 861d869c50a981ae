namespace Nmf;

/// <summary>
/// The weight of an extrapolation, adapted to its success: it grows towards a limit while the objective falls and
/// shrinks when a step had to be taken back; the limit then falls to the last weight that worked (Ang and Gillis 2019).
/// </summary>
internal struct ExtrapolationWeight(double growth, double limitGrowth, double largest, double shrinkage)
{
    private const double First = 0.5;

    private double _limit = 1;
    private double _lastGood = First;

    /// <summary>Current weight.</summary>
    public double Value { get; private set; } = First;

    /// <summary>The step with this weight lowered the objective.</summary>
    public void Accept()
    {
        _lastGood = Value;
        Value = Math.Min(_limit, Value * growth);
        _limit = Math.Min(largest, _limit * limitGrowth);
    }

    /// <summary>The step with this weight was taken back.</summary>
    public void Reject()
    {
        _limit = _lastGood;
        Value *= shrinkage;
        _lastGood = Value;
    }

    public readonly void Save(BinaryWriter writer)
    {
        writer.Write(Value);
        writer.Write(_limit);
        writer.Write(_lastGood);
    }

    public void Load(BinaryReader reader)
    {
        Value = reader.ReadFinite();
        _limit = reader.ReadFinite();
        _lastGood = reader.ReadFinite();
    }
}
