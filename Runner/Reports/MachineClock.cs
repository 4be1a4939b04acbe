namespace Cnn.Runner.Reports;

/// <summary>The clock that commands hand to what needs the time.</summary>
internal static class MachineClock
{
    /// <summary>The clock of this machine.</summary>
    public static TimeProvider Instance => TimeProvider.System;
}
