@echo off
rem Starts the course from this stick. What it does is in fourth-p\start.py.
setlocal
set "START=%~dp0fourth-p\start.py"
rem The Python manager must not go looking for a Python on the internet.
set "PYTHON_MANAGER_AUTOMATIC_INSTALL=false"

if not exist "%START%" (
    echo The folder fourth-p is not beside this file.
    echo Copy the whole stick, or unpack all of it, and start again.
    pause
    exit /b 1
)

for %%v in (@PYTHONS@) do (
    py.exe -%%v -I "%START%" --suits >nul 2>nul && (
        py.exe -%%v -I "%START%" %*
        goto done
    )
)
for %%p in (python.exe python3.exe) do (
    %%p -I "%START%" --suits >nul 2>nul && (
        %%p -I "%START%" %*
        goto done
    )
)
for /d %%d in ("%LOCALAPPDATA%\Programs\Python\Python3*" "%ProgramFiles%\Python3*") do (
    "%%d\python.exe" -I "%START%" --suits >nul 2>nul && (
        "%%d\python.exe" -I "%START%" %*
        goto done
    )
)

echo No Python was found on this computer that this stick can use.
echo It can use one of these, as 64-bit: @PYTHONS@
echo READ-ME-FIRST.html on the stick says what to do.
pause
exit /b 1

:done
rem Also below zero: that is how Windows tells a crash.
if %errorlevel% neq 0 (
    pause
    exit /b 1
)
