using Nmf;

namespace Microsoft.ML.Transforms;

/// <summary>
/// What only some models have, such as the relevance of their components: stored behind the common part of a
/// model under a tag of its own, so that models do not grow fields that they do not use, and a reader that does
/// not know a section says so.
/// </summary>
internal interface IModelSection
{
    /// <summary>Name in the file; never changed once released. A change of the layout gets a new tag.</summary>
    string Tag { get; }

    /// <summary>The section after the components were edited; as it is where it says nothing of single
    /// components.</summary>
    /// <exception cref="InvalidOperationException">What it says of components cannot be said of the new
    /// ones.</exception>
    IModelSection Edited(ComponentEdit edit) => this;

    /// <summary>Writes what the reader registered for the tag in <see cref="ModelSections"/> reads.</summary>
    void Save(BinaryWriter writer);
}
