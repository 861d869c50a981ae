using Microsoft.ML.Transforms;
using Nmf;

namespace Microsoft.ML.Trainers;

/// <summary>What becomes of predictions.</summary>
/// <param name="Names">What happens when keys stand for others than in the fit.</param>
/// <param name="UnknownByMeans">Whether means stand in for users and items that the fit has not seen.</param>
/// <param name="Clip">Whether scores are clipped.</param>
/// <param name="Least">Least rating of the fit.</param>
/// <param name="Largest">Largest rating of the fit.</param>
internal sealed record RatingScores(NameMismatch Names, bool UnknownByMeans, bool Clip, float Least, float Largest)
{
    public static RatingScores AsPredicted { get; } = new(NameMismatch.Error, false, false, 0, float.MaxValue);

    public float Of(RatingModel model, int user, int item)
    {
        var score = model.Predict(user, item);
        if (UnknownByMeans && float.IsNaN(score))
            score = model.MeanOf(user, item);
        // Comparisons leave NaN as it is.
        return !Clip ? score : score < Least ? Least : score > Largest ? Largest : score;
    }

    // byte: what other names are; byte: whether means stand in; byte: whether scores are clipped; two floats: to what
    public void Save(BinaryWriter writer)
    {
        writer.Write((byte)Names);
        writer.Write(UnknownByMeans);
        writer.Write(Clip);
        writer.Write(Least);
        writer.Write(Largest);
    }

    public static RatingScores Load(CheckedReader reader)
    {
        var (names, means, clip) = (reader.ReadEnum<NameMismatch>("meaning of other names"),
            reader.ReadBoolean("meaning of unknown keys"), reader.ReadBoolean("clipping of scores"));
        var range = reader.ReadNonnegativeSingles("range of ratings", 2);
        reader.Require(range[0] <= range[1], "range of ratings");
        return new(names, means, clip, range[0], range[1]);
    }
}
