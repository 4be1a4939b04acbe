namespace Cnn.Campaigns.Nets;

/// <summary>One bottom of a layer that was drawn.</summary>
/// <param name="Shape">Its shape.</param>
/// <param name="Fill">How its values are drawn.</param>
/// <param name="Blob">The blob of the net that it is; null where the layer wants a new one.</param>
internal sealed record DrawnBottom(int[] Shape, BottomFill Fill, string? Blob = null);
