namespace Recommender;

/// <summary>One line of a ratings file.</summary>
public sealed class RatingRow
{
    public string User { get; set; } = "";

    public string Item { get; set; } = "";

    public float Rating { get; set; }
}

/// <summary>A rating with the prediction of a model beside it.</summary>
public sealed class ScoredRow
{
    public float Rating { get; set; }

    public float Score { get; set; }
}
