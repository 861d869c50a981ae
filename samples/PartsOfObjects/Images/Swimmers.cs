using AutomaticRelevance;

namespace PartsOfObjects.Images;

/// <summary>The 256 swimmers, without noise: a torso, and four limbs each in one of four positions.</summary>
internal static class Swimmers
{
    public static ImageSet Draw() => new()
    {
        What = "swimmers",
        Width = Swimmer.Side,
        Rows = Swimmer.Shapes(),
        KnownParts = Swimmer.LimbPositions,
        Usual = 27,
        Palette = Palette.Ink,
        Remark = "A swimmer is a torso and four limbs, and every limb has four positions: 17 parts. "
            + "But the matrix of the 256 images has rank 13, and the torso, which never changes, is not told apart by "
            + "any factorisation that only has to fit: a limb is in exactly one of its four positions in every image, "
            + "so the torso can be divided among them without any loss. The limbs are found, "
            + "each perhaps with a share of the torso. How large the shares are depends on the start. "
            + "A penalty decides between these solutions: see the sample AutomaticRelevance.",
    };
}
