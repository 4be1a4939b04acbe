using Cnn.Proto;

namespace Cnn.Campaigns.Nets;

/// <summary>A layer of a type, with options and bottoms that may fit each other.</summary>
/// <param name="Layer">The definition, without name, bottoms and tops.</param>
/// <param name="Bottoms">Its bottoms.</param>
/// <param name="Tops">The number of its tops.</param>
internal sealed record DrawnLayer(LayerParameter Layer, IReadOnlyList<DrawnBottom> Bottoms, int Tops);
