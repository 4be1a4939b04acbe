namespace Cnn.Runner.Reports;

/// <summary>The clock of the machine, which is handed to what tells the time.</summary>
internal static class SystemClock
{
    /// <summary>The clock.</summary>
    public static TimeProvider Time => TimeProvider.System;
}
