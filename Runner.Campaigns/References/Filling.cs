using Cnn.Fillers;

namespace Cnn.Campaigns.References;

/// <summary>Draws the values of a blob.</summary>
internal delegate void Filling(PhiloxRandom random, float[] values);
