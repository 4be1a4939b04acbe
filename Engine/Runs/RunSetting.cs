namespace Cnn.Engine.Runs;

/// <summary>A setting of a run, such as <c>base_lr</c>.</summary>
/// <param name="Name">Its name, as in the solver file.</param>
/// <param name="Value">Its value as text.</param>
public sealed record RunSetting(string Name, string Value);
