using Cnn.Fillers;

namespace Cnn.Campaigns.References;

/// <summary>Draws the cases of a reference.</summary>
internal interface IReferenceCases
{
    /// <summary>
    /// Draws options, shapes and values such that the layer takes them; all options are drawn at times.
    /// </summary>
    /// <param name="random">The random numbers.</param>
    /// <param name="type">The layer type: one of those of the <see cref="ReferenceAttribute"/>.</param>
    ReferenceCase Draw(PhiloxRandom random, string type);
}
