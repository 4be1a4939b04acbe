namespace Cnn.Layers.Data.Boxes;

/// <summary>An object of an image.</summary>
/// <param name="Group">Its class.</param>
/// <param name="Instance">Tells the objects of a class apart.</param>
/// <param name="Box">Where it is.</param>
/// <param name="IsDifficult">Whether it is hard to recognise.</param>
internal readonly record struct LabelledBox(int Group, int Instance, Box Box, bool IsDifficult);
